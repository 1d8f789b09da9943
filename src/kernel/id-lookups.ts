/**
 * Functions that look a device's name up in the driver's id table, and give NULL for a device that was matched another
 * way. A device of the firmware's ACPI tables has its hardware id for a name (acpi_set_modalias()), which an id table
 * seldom lists; one of the device tree is named like its entry mostly.
 *
 * Sources: include/linux/spi/spi.h, drivers/i2c/i2c-core-base.c, drivers/i2c/i2c-core-acpi.c, drivers/acpi/scan.c.
 */
export const ID_LOOKUPS: ReadonlySet<string> = new Set(['i2c_client_get_device_id', 'spi_get_device_id']);

/** Macro that publishes a table of ids, and its first argument for those by which ACPI matches. */
export const ID_TABLE = 'MODULE_DEVICE_TABLE';
export const ACPI_IDS = 'acpi';

/** Names of functions and members by which a driver asks how its device was matched. */
export const ASKS_HOW_MATCHED = /match|acpi|fwnode|of_node/i;

/**
 * What a device has that firmware tells of, which a platform driver may be made to probe without: a name written to
 * driver_override matches whatever its tables of ids say (platform_match(), drivers/base/platform.c).
 */
export const FIRMWARE_NODES: ReadonlySet<string> = new Set(['ACPI_COMPANION']);

/** Give something only for a device that has one (drivers/acpi/bus.c, acpi_companion_match(); include/linux/acpi.h). */
export const NEEDS_FIRMWARE_NODE: ReadonlySet<string> = new Set([
  'ACPI_HANDLE',
  'acpi_device_get_match_data',
  'acpi_match_device',
]);

/** The table and its operation that such a device is handed to. */
export const MATCHED_BY_FORCE = { type: 'struct platform_driver', field: 'probe' } as const;
