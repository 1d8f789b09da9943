/** A driver of a few lines in which a defect can be brought in, kept, moved and mended. */

const HEAD = `#include <linux/slab.h>

struct port {
	int speed;
	int width;
};
`;

const GOOD = `
int port_speed(struct port *port)
{
	if (!port)
		return -1;
	return port->speed;
}
`;

/** Dereferences the pointer on the branch on which it is NULL. */
const BAD = `
int port_speed(struct port *port)
{
	if (!port)
		return port->width;
	return port->speed;
}
`;

const SECOND_BAD = `
int port_width(struct port *port)
{
	if (!port)
		return port->speed;
	return port->width;
}
`;

export const clean = `${HEAD}${GOOD}`;
export const broken = `${HEAD}${BAD}`;
/** The same defect some lines further down. */
export const brokenAndMoved = `${HEAD}
int port_unused;
int port_unused_too;
${BAD}`;
export const brokenTwice = `${HEAD}${BAD}${SECOND_BAD}`;

/** So many functions with a finding each. */
export function functions(count: number): string {
  return Array.from(
    { length: count },
    (_, index) => `
int port_width_${index}(struct port *port)
{
	if (!port)
		return port->speed;
	return port->width;
}
`,
  ).join('');
}

/** What a repository starts with. */
export const files = { Makefile: 'all:\n', 'drivers/port/port.c': clean };

const SIGNED = 'Signed-off-by: Some Body <somebody@example.org>';

/** A commit of the driver; signed off unless told. */
export function driver(text: string, signed = true) {
  const message = `port: change the driver\n\nIt was time.\n${signed ? `\n${SIGNED}\n` : ''}`;
  return { message, files: { 'drivers/port/port.c': text } };
}
