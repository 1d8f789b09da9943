/**
 * What a driver keeps with its device: NULL until something sets it. Sources: include/linux/{device,platform_device,i2c,
 * pci,usb,hid,serdev,spmi,auxiliary_bus}.h, include/linux/spi/spi.h, include/linux/amba/bus.h.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

export const DRIVER_DATA_GETTERS = words(
  `dev_get_drvdata platform_get_drvdata i2c_get_clientdata spi_get_drvdata pci_get_drvdata amba_get_drvdata
  usb_get_intfdata hid_get_drvdata serdev_device_get_drvdata spmi_device_get_drvdata auxiliary_get_drvdata`,
);
export const DRIVER_DATA_SETTERS = words(
  `dev_set_drvdata platform_set_drvdata i2c_set_clientdata spi_set_drvdata pci_set_drvdata amba_set_drvdata
  usb_set_intfdata hid_set_drvdata serdev_device_set_drvdata spmi_device_set_drvdata auxiliary_set_drvdata`,
);
/** The member that they set. */
export const DRIVER_DATA_MEMBER = 'driver_data';

/** Tables whose functions are called for a device that a driver has bound to, with the device as the first argument. */
export const DRIVER_TABLES = words(
  `dev_pm_ops platform_driver i2c_driver spi_driver pci_driver amba_driver usb_driver hid_driver
  serdev_device_driver spmi_driver auxiliary_driver device_driver`,
);
/** Macros at the top of a file that make such a table of functions (include/linux/pm.h, pm_runtime.h). */
export const MAKES_DRIVER_TABLE = /PM_OPS$/;
/** Macros at the top of a file whose second argument probes (include/linux/platform_device.h). */
export const REGISTERS_PROBE = /_driver_probe$/;
