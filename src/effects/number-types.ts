/** Types that are integers by their names; a typedef of a subsystem's own is none of them. */
const NUMBER =
  /^(?:(?:un)?signed |long |short )*(?:int|long|short|char|bool|s?size_t|(?:__)?(?:[us]|[bl]e)\d+|u?int\d+_t)$/;

export const isNumberType = (type: string): boolean => NUMBER.test(type);
