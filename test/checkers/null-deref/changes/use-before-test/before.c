struct port { int n; };

int open_port(struct port *p)
{
	int n;

	if (!p)
		return -19;
	n = p->n;
	return start(n);
}

/* The test was too late before. */
int old_port(struct port *p)
{
	int n = p->n;

	if (!p)
		return -19;
	return start(n);
}
