/**
 * Names of functions that run only while a device is bound to its driver: what probing looked up is there still.
 * Source: Documentation/driver-api/pm/devices.rst, Documentation/driver-api/driver-model/driver.rst.
 */
export const RUNS_WHILE_BOUND =
  /(?:^|_)(?:suspend|resume|freeze|thaw|poweroff|restore|remove|shutdown)(?:_(?:early|late|noirq))?$/;
