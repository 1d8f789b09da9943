/**
 * What the spelling of a name tells, since there is no table of typedefs: kernel style makes types,
 * annotations and iterator macros recognisable. A wrong guess costs one function at most.
 */
export const NameFlag = {
  Keyword: 1,
  /** Spelled like a type: u8, __le32, size_t. */
  Type: 2,
  /** Spelled like an annotation: __init, __must_hold. */
  Annotation: 4,
  /** A word that is always an annotation: notrace, noinline, __init. */
  KnownAnnotation: 8,
  /** A macro that is followed by a statement: list_for_each_entry, scoped_guard. */
  Iterator: 16,
  /** Letters are all upper case. */
  Upper: 32,
  /** A preprocessor symbol that is never defined where the kernel is compiled: __ASSEMBLY__. */
  Undefined: 64,
  /** A preprocessor symbol that always is: __KERNEL__. */
  Defined: 128,
  /** An annotation for __init and __exit sections. */
  InitSection: 256,
  /** Annotation __percpu or a DEFINE_PER_CPU macro. */
  PerCpu: 512,
  /** Set once the flags of a name were worked out. */
  Known: 1024,
} as const;

const TYPE =
  /^(?:__)?(?:[us](?:8|16|32|64|128)|[bl]e(?:16|32|64)|(?:fs|hc|virtio|vhost)(?:16|32|64)|u?int(?:8|16|32|64)?_t)$|^(?:__[a-z0-9_]+|[A-Za-z][A-Za-z0-9_]*)_t$|^(?:__sum16|__wsum|__poll_t|u_char|u_short|u_int|u_long|uint|ulong|ushort|uchar|unchar|caddr_t|__builtin_va_list|va_list|__be24|float32|float64|u_int8_t|__kernel_\w+_t|sector_t|BOOLEAN|UCHAR|CHAR|UINT|INT|ULONG|USHORT|BYTE|WORD|DWORD|PVOID|VOID|UINT8|UINT16|UINT32|UINT64|INT8|INT16|INT32|ULONGLONG)$/;

const KNOWN_ANNOTATION =
  /^(?:notrace|noinline|noinline_\w+|noinstr|asmlinkage|asmlinkage_\w+|fastcall|nokprobe_inline|noreturn|randomized_struct_fields|__(?:init|exit|initdata|exitdata|initconst|exitconst|meminit|memexit|cpuinit|devinit|devexit|net_init|net_exit|net_initdata|sched|lockfunc|kprobes|visible|used|unused|maybe_unused|always_unused|weak|cold|hot|pure|noreturn|must_check|user|iomem|percpu|rcu|kernel|force|nocast|safe|private|bitwise|packed|aligned|section|printf|scanf|alias|must_hold|acquires|releases|acquire|release|free|guarded_by|counted_by|counted_by_le|read_mostly|ro_after_init|latent_entropy|no_kcsan|no_kasan|malloc|alloc_size|assume_aligned|deprecated|diagnose_as|error|warning|flatten|gnu_inline|designated_init|randomize_layout|no_randomize_layout|nonstring|refdata|ref|ksym|kptr|bpf_kfunc|cleanup|noclone|noscs|noendbr|nocfi|no_profile|no_sanitize_\w+|cpuidle|entry_text|irq_entry|softirq_entry|always_inline_\w+|rte_\w+)|____cacheline_\w+|__cacheline_\w+)$/;

const ITERATOR =
  /(?:^|_)for_(?:each|all|every)(?:_|$)|foreach|^(?:for|while|scoped|with|if|iterate|traverse|walk|loop)_|_for$|_foreach|^(?:FOR|FOREACH|FOR_EACH|ITERATE|LIST_FOR)_|_FOR_EACH|FOR_EACH|_scope$|^scope$|^loop$/;

const UNDEFINED =
  /^(?:__ASSEMBLY__|__ASSEMBLER__|__cplusplus|LINKER_SCRIPT|__LINKER_SCRIPT__|__VDSO__|COMPILE_OFFSETS|__GENKSYMS__|__DTS__|_ASMLANGUAGE|__ASM__|__sun|__FreeBSD__|__NetBSD__|__OpenBSD__|_MSC_VER|_WIN32|__linux_only__)$/;

/** NameFlag bits of a name. */
export const nameFlags = (name: string): number => {
  let flags = 0;
  const first = name.charCodeAt(0);
  if (first >= 48 && first <= 57) return 0;
  const last = name.charCodeAt(name.length - 1);
  const maybeType =
    name.length <= 4 || (last >= 48 && last <= 57) || name.endsWith('_t') || name.length <= 20;
  if (maybeType && TYPE.test(name)) flags |= NameFlag.Type;
  if (first === 95 && name.charCodeAt(1) === 95 && (flags & NameFlag.Type) === 0) {
    const third = name.charCodeAt(2);
    if (third >= 95 && third <= 122) flags |= NameFlag.Annotation;
  }
  if ((flags & NameFlag.Type) === 0 && KNOWN_ANNOTATION.test(name)) {
    flags |= NameFlag.Annotation | NameFlag.KnownAnnotation;
    if (/init|exit/.test(name)) flags |= NameFlag.InitSection;
    if (name === '__percpu') flags |= NameFlag.PerCpu;
  }
  if (ITERATOR.test(name)) flags |= NameFlag.Iterator;
  if (name === name.toUpperCase()) flags |= NameFlag.Upper;
  if (UNDEFINED.test(name)) flags |= NameFlag.Undefined;
  if (name === '__KERNEL__') flags |= NameFlag.Defined;
  return flags;
};
