struct node { int id; struct node *next; };

extern struct node root;

struct node *node_of(int id)
{
	return &root;
}

struct node *other_of(int id)
{
	return &root;
}

int id_of(int id)
{
	return node_of(id)->id;
}

int careful(int id)
{
	struct node *n = other_of(id);

	if (!n)
		return -1;
	return n->id;
}

struct node *kept_of(int id)
{
	return &root;
}

/* Whoever uses what is kept may test it. */
int keep(struct node *n, int id)
{
	struct node *kept = kept_of(id);

	if (IS_ERR(kept))
		return PTR_ERR(kept);
	n->next = kept;
	return 0;
}
