struct port { int n; };
struct dev { struct port *port; struct port *spare; };
struct hub { struct port *up; };

int number(struct dev *d)
{
	return d->port ? d->port->n : 0;
}

int flags(struct dev *d)
{
	return d->port->n + 1; /* expect: null-deref/check-removed */
}

/* The caller makes sure: nothing else speaks against it, so this is not said aloud. */
int spare_number(struct dev *d)
{
	return d->spare->n;
}

static int has_port(struct port *p)
{
	return p != 0;
}

/* The test is in what is called now. */
int moved(struct dev *d)
{
	if (!has_port(d->port))
		return -19;
	return d->port->n + 2;
}

int up_number(struct hub *h)
{
	return h->up ? h->up->n : 0;
}

/* The pointer and its copy are one: said once. */
int copied(struct hub *h)
{
	struct port *port = h->up;

	return port->n + 3; /* expect: null-deref/check-removed */
}
