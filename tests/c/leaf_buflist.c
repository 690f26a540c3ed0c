/* Queues of segments, and allocations that are freed together. */
#include <libwebsockets.h>
#include "leaf.h"

static void state(struct lws_buflist **head)
{
	uint8_t *p;
	size_t n = lws_buflist_next_segment_len(head, &p);

	printf("total %d next %d %d ", (int)lws_buflist_total_len(head), (int)n, !!*head);
	show_bytes(p, n);
	printf(" same %d\n", n == lws_buflist_next_segment_len(head, NULL));
}

int main(void)
{
	struct lws_buflist *list = NULL;
	struct lwsac *ac = NULL;
	uint8_t data[64];
	char *p, *before;
	size_t n;
	int i, j, k;

	lws_set_log_level(0, NULL);
	state(&list);
	lws_buflist_destroy_all_segments(&list);
	for (i = 0; i < 2000; i++) {
		n = lws_buflist_next_segment_len(&list, NULL);
		switch (leaf_random() % 5) {
		case 0:
		case 1:
			k = (int)(leaf_random() % 20) + 1;
			for (j = 0; j < k; j++)
				data[j] = (uint8_t)('a' + leaf_random() % 26);
			printf("append %d ", lws_buflist_append_segment(&list, data, (size_t)k));
			break;
		case 2:
		case 3:
			if (n)
				printf("use %d ", (int)lws_buflist_use_segment(&list, 1 + leaf_random() % n));
			break;
		case 4:
			j = (int)(leaf_random() % 40);
			k = (int)(leaf_random() % 60);
			printf("copy %d %d: ", j, k);
			n = (size_t)lws_buflist_linear_copy(&list, (size_t)j, (uint8_t *)fresh(), (size_t)k);
			printf("%d ", (int)n);
			show_bytes(leaf_out, 60);
			break;
		}
		if (!(leaf_random() % 50))
			lws_buflist_destroy_all_segments(&list);
		state(&list);
	}
	lws_buflist_destroy_all_segments(&list);
	state(&list);

	/* within a chunk the pieces follow each other */
	before = lwsac_use(&ac, 100, 0);
	for (i = 1; i < 40; i++) {
		p = lwsac_use(&ac, (size_t)i, 0);
		memset(p, i, (size_t)i);
		printf("%d ", (int)(p - before) - (i == 1 ? 104 : (i - 1 + 7) & ~7));
		printf("aligned %d\n", !((uintptr_t)p & 7));
		before = p;
	}
	for (i = 0; i < 200; i++) {
		n = leaf_random() % 6000;
		p = lwsac_use(&ac, n, leaf_random() & 1 ? 1000 : 0);
		memset(p, i, n);
	}
	lwsac_info(ac);
	printf("%d", !!ac);
	lwsac_free(&ac);
	printf(" %d", !!ac);
	lwsac_free(&ac);
	lwsac_info(ac);

	lwsac_use(&ac, 10, 0);
	lwsac_detach(&ac);
	printf(" %d", !!ac);

	lwsac_use(&ac, 10, 0);
	lwsac_reference(ac);
	lwsac_reference(ac);
	lwsac_unreference(&ac);
	printf(" %d", !!ac);
	lwsac_detach(&ac);
	printf(" %d", !!ac);
	lwsac_unreference(&ac);
	printf(" %d", !!ac);

	lwsac_use(&ac, 10, 0);
	lwsac_reference(ac);
	lwsac_unreference(&ac);
	printf(" %d", !!ac);
	lwsac_free(&ac);
	printf(" %d\n", !!ac);
	printf("too much %d\n", !!lwsac_use(&ac, (size_t)1 << 62, 0));
	lwsac_free(&ac);

	return 0;
}
