struct port { int n; };
struct dev { struct port *port; struct port *spare; };
struct hub { struct port *up; };

int number(struct dev *d)
{
	return d->port ? d->port->n : 0;
}

int flags(struct dev *d)
{
	if (!d->port)
		return -19;
	return d->port->n + 1;
}

/* The caller makes sure. */
int spare_number(struct dev *d)
{
	if (!d->spare)
		return -19;
	return d->spare->n;
}

int moved(struct dev *d)
{
	if (!d->port)
		return -19;
	return d->port->n + 2;
}

int up_number(struct hub *h)
{
	return h->up ? h->up->n : 0;
}

int copied(struct hub *h)
{
	struct port *port = h->up;

	if (!port)
		return -19;
	return port->n + 3;
}
