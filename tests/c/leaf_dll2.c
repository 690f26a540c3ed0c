/* Lists in the program's memory: fields included, since programs read them. */
#include <libwebsockets.h>
#include "leaf.h"

#define ITEMS 8

struct item {
	int key;
	const char *name;
	lws_dll2_t list;
};

static struct item items[ITEMS];
static lws_dll2_owner_t owner, other;

static int index_of(const lws_dll2_t *d)
{
	return d ? (int)(lws_container_of(d, struct item, list) - items) : -1;
}

static void show(void)
{
	lws_dll2_t *d;
	int i;

	printf("%u %d %d:", owner.count, index_of(owner.head), index_of(owner.tail));
	for (d = owner.head; d; d = d->next)
		printf(" %d", index_of(d));
	printf(" |");
	for (i = 0; i < ITEMS; i++)
		printf(" %d/%d/%d", index_of(items[i].list.prev), index_of(items[i].list.next),
		       items[i].list.owner == &owner ? 1 : items[i].list.owner == &other ? 2 : 0);
	printf("\n");
}

static int by_key(const lws_dll2_t *d, const lws_dll2_t *i)
{
	return lws_container_of(d, struct item, list)->key - lws_container_of(i, struct item, list)->key;
}

static int each(struct lws_dll2 *d, void *user)
{
	int *left = user;

	printf("each %d\n", index_of(d));
	if (index_of(d) & 1)
		lws_dll2_remove(d);

	return !--*left;
}

int main(void)
{
	static const char *const names[ITEMS] = { "zero", "one", "two", "three", "four", "five", "six", "two" };
	struct item *found;
	int i, j, left;

	for (i = 0; i < ITEMS; i++)
		items[i].name = names[i];

	for (i = 0; i < 4; i++) {
		lws_dll2_add_head(&items[i].list, &owner);
		show();
	}
	for (; i < ITEMS; i++) {
		lws_dll2_add_tail(&items[i].list, &owner);
		show();
	}

	for (i = 0; i < 3; i++) {
		static const char *const wanted[] = { "two", "tw", "nine" };

		found = lws_dll2_search_sz_pl(&owner, wanted[i], strlen(wanted[i]), struct item, list, name);
		printf("search %s: %d\n", wanted[i], found ? (int)(found - items) : -1);
	}
	found = lws_dll2_search_sz_pl(&owner, "fives", 4, struct item, list, name);
	printf("search five: %d\n", found ? (int)(found - items) : -1);

	left = 3;
	printf("foreach %d\n", lws_dll2_foreach_safe(&owner, &left, each));
	show();
	left = 100;
	printf("foreach %d\n", lws_dll2_foreach_safe(&owner, &left, each));
	show();
	printf("foreach of none %d\n", lws_dll2_foreach_safe(&other, &left, each));

	lws_dll2_add_before(&items[1].list, owner.head);
	show();
	lws_dll2_add_before(&items[3].list, owner.tail);
	show();

	while (owner.head) {
		lws_dll2_remove(owner.head);
		show();
	}
	lws_dll2_remove(&items[0].list);
	show();

	for (j = 0; j < 20; j++) {
		for (i = 0; i < ITEMS; i++) {
			items[i].key = (int)(leaf_random() % 5);
			printf("key %d ", items[i].key);
			lws_dll2_add_sorted(&items[i].list, &owner, by_key);
		}
		show();
		for (i = 0; i < ITEMS; i++)
			lws_dll2_remove(&items[(i * 3) % ITEMS].list);
		show();
	}

	lws_dll2_add_tail(&items[0].list, &owner);
	lws_dll2_add_tail(&items[1].list, &owner);
	lws_dll2_owner_clear(&owner);
	show();
	lws_dll2_clear(&items[0].list);
	lws_dll2_clear(&items[1].list);
	show();

	return 0;
}
