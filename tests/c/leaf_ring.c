/* Ring buffers: edges by hand, then a long random walk with one and with several readers. */
#include <libwebsockets.h>
#include "leaf.h"

static struct lws_ring *watched;
static unsigned int destroyed, sum;

static void destroy(void *element)
{
	destroyed++;
	sum = sum * 31 + *(unsigned char *)element;
}

static void destroy_watching(void *element)
{
	printf("  destroy %02x", *(unsigned char *)element);
	if (watched)
		printf(", then free %d", (int)lws_ring_get_count_free_elements(watched));
	printf("\n");
}

static void state(struct lws_ring *ring)
{
	void *start;
	size_t bytes;
	int n;

	printf("free %d waiting %d oldest %u", (int)lws_ring_get_count_free_elements(ring),
	       (int)lws_ring_get_count_waiting_elements(ring, NULL), lws_ring_get_oldest_tail(ring));
	n = lws_ring_next_linear_insert_range(ring, &start, &bytes);
	printf(" linear %d", n);
	if (!n)
		printf(" %d", (int)bytes);
	printf(" first %d\n", lws_ring_get_element(ring, NULL) ? *(const unsigned char *)lws_ring_get_element(ring, NULL) : -1);
}

/* Three readers that each take at random, the oldest tail updated as the header's macro does. */
struct reader {
	uint32_t tail;
	struct reader *next;
};

static void walk(size_t element, size_t count, int steps)
{
	struct lws_ring *ring = lws_ring_create(element, count, destroy);
	struct reader r[3] = { { 0, &r[1] }, { 0, &r[2] }, { 0, NULL } }, *readers = r;
	unsigned char data[2000];
	int i, n, k, j;

	destroyed = sum = 0;
	for (i = 0; i < steps; i++) {
		n = (int)(leaf_random() % (count + 2));
		for (j = 0; j < (int)sizeof(data); j++)
			data[j] = (unsigned char)leaf_random();
		switch (leaf_random() % 4) {
		case 0:
		case 1:
			printf("insert %d ", (int)lws_ring_insert(ring, data, (size_t)n));
			break;
		case 2:
			k = (int)(leaf_random() % 3);
			memset(data, 0, sizeof(data));
			j = (int)lws_ring_get_count_waiting_elements(ring, &r[k].tail);
			if (n > j)
				n = j;
			if (leaf_random() & 1) {
				printf("read %d: %d ", k, (int)lws_ring_consume(ring, &r[k].tail, data, 1));
				show_bytes(data, element);
			}
			else {
				lws_ring_consume_and_update_oldest_tail(ring, struct reader, &r[k].tail, (size_t)n, readers, tail, next);
			}
			break;
		case 3: {
			void *start;
			size_t bytes;

			if (lws_ring_next_linear_insert_range(ring, &start, &bytes))
				break;
			bytes -= bytes % element;
			if (bytes > (size_t)n * element)
				bytes = (size_t)n * element;
			memcpy(start, data, bytes);
			lws_ring_bump_head(ring, bytes);
			printf("bump %d ", (int)bytes);
			break;
		}
		}
		state(ring);
		for (k = 0; k < 3; k++)
			printf("%u:%d ", r[k].tail, (int)lws_ring_get_count_waiting_elements(ring, &r[k].tail));
		printf("destroyed %u %u\n", destroyed, sum);
	}
	lws_ring_destroy(ring);
	printf("destroyed %u %u\n", destroyed, sum);
}

static void walk_single(size_t element, size_t count, int steps)
{
	struct lws_ring *ring = lws_ring_create(element, count, leaf_random() & 1 ? destroy : NULL);
	unsigned char data[2000];
	int i, j;
	size_t n;

	destroyed = sum = 0;
	for (i = 0; i < steps; i++) {
		n = leaf_random() % (count + 2);
		for (j = 0; j < (int)sizeof(data); j++)
			data[j] = (unsigned char)leaf_random();
		if (leaf_random() & 1)
			printf("insert %d ", (int)lws_ring_insert(ring, data, n));
		else {
			memset(data, 0, sizeof(data));
			printf("read %d ", (int)lws_ring_consume(ring, NULL, leaf_random() & 1 ? data : NULL, n));
			show_bytes(data, element * 4);
		}
		state(ring);
	}
	lws_ring_destroy(ring);
	printf("destroyed %u %u\n", destroyed, sum);
}

int main(void)
{
	static const char data[] = "aaaabbbbccccddddeeeeffffgggghhhh";
	struct lws_ring *ring;
	uint32_t tail;
	int i;

	for (i = 1; i < 5; i++) {
		ring = lws_ring_create(4, (size_t)i, destroy_watching);
		printf("count %d: %d\n", i, !!ring);
		state(ring);
		printf("insert %d\n", (int)lws_ring_insert(ring, data, 3));
		state(ring);
		lws_ring_destroy(ring);
	}
	printf("count 0: %d\n", !!lws_ring_create(4, 0, NULL));

	ring = watched = lws_ring_create(4, 6, destroy_watching);
	lws_ring_insert(ring, data, 5);
	tail = lws_ring_get_oldest_tail(ring);
	printf("consume %d\n", (int)lws_ring_consume(ring, &tail, NULL, 3));
	state(ring);
	lws_ring_update_oldest_tail(ring, tail);
	state(ring);
	lws_ring_update_oldest_tail(ring, tail);
	printf("insert %d\n", (int)lws_ring_insert(ring, data, 5));
	state(ring);
	printf("consume %d\n", (int)lws_ring_consume(ring, NULL, fresh(), 4));
	show_bytes(leaf_out, 20);
	printf("\n");
	state(ring);
	printf("insert nothing %d\n", (int)lws_ring_insert(ring, data, 0));
	printf("consume nothing %d\n", (int)lws_ring_consume(ring, NULL, NULL, 0));
	watched = NULL;
	lws_ring_destroy(ring);

	walk_single(2, 5, 200);
	walk_single(7, 3, 200);
	walk_single(16, 32, 300);
	walk(4, 8, 400);
	walk(3, 40, 400);
	walk(24, 2, 200);

	return 0;
}
