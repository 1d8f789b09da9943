struct port { int n; };

int open_port(struct port *p)
{
	int n = p->n; /* expect: null-deref/check-after-use */

	if (!p)
		return -19;
	return start(n);
}

/* The test was too late before. */
int old_port(struct port *p)
{
	int n = p->n;

	if (!p)
		return -19;
	return start(n + 1);
}
