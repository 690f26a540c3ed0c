/* For the leaf_*.c programs: printing memory so that two runs can be compared. */
#include <stdio.h>
#include <string.h>

static inline void show_bytes(const void *data, size_t len)
{
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		if (p[i] > ' ' && p[i] < 127)
			printf("%c", p[i]);
		else
			printf("\\%02x", p[i]);
}

/* A buffer that shows how far it was written to. */
static char leaf_out[4096];

static inline char *fresh(void)
{
	memset(leaf_out, '#', sizeof(leaf_out));
	return leaf_out;
}

/* A reproducible random number. */
static inline unsigned int leaf_random(void)
{
	static unsigned int state = 12345;

	state = state * 1103515245u + 12345u;
	return state >> 16;
}
