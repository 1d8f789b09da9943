/**
 * Flags that ask a function not to wait for what it needs: it answers -EAGAIN instead.
 *
 * Sources: include/linux/socket.h, include/uapi/asm-generic/fcntl.h, include/linux/{fs,mm_types,crypto}.h,
 * include/uapi/linux/{fs,io_uring}.h.
 */
export const noWaitFlags: ReadonlySet<string> = new Set([
  'MSG_DONTWAIT',
  'O_NONBLOCK',
  'IOCB_NOWAIT',
  'RWF_NOWAIT',
  'FOLL_NOWAIT',
  'FAULT_FLAG_RETRY_NOWAIT',
  'IO_URING_F_NONBLOCK',
]);
