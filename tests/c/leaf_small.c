/* JSON look-up, sorted lists, big-endian numbers, basic authorization, opening files, zeroed chunks. */
#include <libwebsockets.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include "leaf.h"

static const char *const documents[] = {
	"{\"a\":1,\"b\":\"two\"}", "{\"a\": 1 ,\"b\" : \"two\"}", "{\"a\":true,\"b\":{\"c\":1}}", "{\"a\":[1,2],\"b\":\"\"}", "{\"aa\":1,\"a\":2}", "{\"x\":\"a\",\"a\":\"x\"}", "{\"a\":\"x\\\"y\",\"b\":-1.5}",
	"\"a\":", "\"a\"", "{\"a\":}", "{'a':1}", "\"a\":\"x", "{\"a\":\"\",\"b\":null}", "\"a\":1 2", "a:1", "\"a\"  :1", "{\"a\":\t1}", "{\"a\":\n\"x\"}", "{\"a\": \t\r\n\f 1}", "{\"a\":\"\\\\\",\"b\":1}", "\"a\":  ", "\"a\":\"", "\"a\":\"\\", "\"a\":\"\\\"", "", "{\"a\":1]2}",
};
static const char *const names[] = { "\"a\":", "\"b\":", "a", "\"a\"", "", "\"b\" :", "b", ":" };
static const char *const values[] = { "1", "two", "", "x", "true", "tw", "twoo", "0", "-1.5", "2" };

struct element {
	lws_list_ptr next;
	int key, id;
};

static int compare(lws_list_ptr a, lws_list_ptr b)
{
	const struct element *x = a, *y = b;

	printf("(%d %d)", x->id, y->id);

	return x->key - y->key;
}

static void look_up(const char *text, size_t len)
{
	int i, j;

	/* the original takes what follows a backslash, even behind the end */
	while (len && text[len - 1] == '\\')
		len--;
	for (i = 0; i < (int)LWS_ARRAY_SIZE(names); i++) {
		size_t alen = 77;
		const char *found = lws_json_simple_find(text, len, names[i], &alen);

		printf(" %d+%d", found ? (int)(found - text) : -1, (int)alen);
		if (i < 2)
			for (j = 0; j < (int)LWS_ARRAY_SIZE(values); j++)
				printf(",%d", lws_json_simple_strcmp(text, len, names[i], values[j]));
	}
	printf("\n");
}

static void files(void)
{
	char name[64];
	struct stat st;
	int fd;

	umask(022);
	snprintf(name, sizeof(name), "/tmp/leaf_small.%d", (int)getpid());
	fd = lws_open(name, LWS_O_RDONLY);
	printf("open %d %d\n", fd, errno == ENOENT);
	fd = lws_open(name, LWS_O_WRONLY | LWS_O_CREAT | LWS_O_TRUNC, 0646);
	printf("open %d", fd >= 0 && !fstat(fd, &st) ? (int)st.st_mode : -1);
	printf(" %d %o\n", fcntl(fd, F_GETFD), (unsigned int)fcntl(fd, F_GETFL) & 0777777);
	close(fd);
	fd = lws_open(name, O_RDWR | O_APPEND);
	printf("open %d %o\n", fcntl(fd, F_GETFD), (unsigned int)fcntl(fd, F_GETFL) & 0777777);
	close(fd);
	unlink(name);
}

int main(void)
{
	static const char chars[] = "\"\"\"ab\\:,}]{[ 1";
	struct element elements[40], *e;
	lws_list_ptr head = NULL;
	struct lwsac *ac = NULL;
	char user[200], text[64];
	uint8_t bytes[16];
	int i, j, n;

	for (i = 0; i < (int)LWS_ARRAY_SIZE(documents); i++)
		for (j = 0; j <= (int)strlen(documents[i]); j++) {
			printf("json %d %d:", i, j);
			look_up(documents[i], (size_t)j);
		}
	for (i = 0; i < 3000; i++) {
		n = sprintf(text, "%s", i & 1 ? "\"a\":" : "");
		for (j = (int)(leaf_random() % 16); j; j--)
			text[n++] = chars[leaf_random() % (sizeof(chars) - 1)];
		text[n] = '\0';
		printf("json %s:", text);
		look_up(text, (size_t)n);
	}

	for (i = 0; i < 40; i++) {
		elements[i].key = (int)(leaf_random() % 8);
		elements[i].id = i;
		lws_list_ptr_insert(&head, &elements[i].next, i % 9 == 8 ? NULL : compare);
		for (e = head; e; e = e->next)
			printf(" %d.%d", e->key, e->id);
		printf("\n");
	}

	for (i = 0; i < 50; i++) {
		uint64_t u = (uint64_t)leaf_random() << 48 ^ (uint64_t)leaf_random() << 24 ^ leaf_random();

		memset(bytes, '#', sizeof(bytes));
		lws_ser_wu64be(bytes + 1, u);
		show_bytes(bytes, 16);
		printf(" %d", lws_ser_ru64be(bytes + 1) == u);
		memset(bytes, '#', sizeof(bytes));
		lws_ser_wu32be(bytes + 1, (uint32_t)u);
		show_bytes(bytes, 16);
		printf(" %u", lws_ser_ru32be(bytes + 2));
		memset(bytes, '#', sizeof(bytes));
		lws_ser_wu16be(bytes + 1, (uint16_t)u);
		show_bytes(bytes, 16);
		printf(" %u\n", lws_ser_ru16be(bytes + 2));
	}

	/* where there is room for exactly the text, or not quite, the original leaves half of it and says that all is well */
	for (i = 0; i < 140; i++) {
		memset(user, 'u', sizeof(user));
		user[i] = '\0';
		n = i + 2 > 127 ? 400 : 6 + (i + 2 + 2) / 3 * 4 + 2;
		printf("auth %d %d", i, lws_http_basic_auth_gen(user, "", fresh(), (size_t)n));
		printf(" %d", lws_http_basic_auth_gen(user, "p", fresh(), (size_t)n));
		if (i < 124)
			printf(" %s", leaf_out);
		printf(" %d\n", lws_http_basic_auth_gen(user, "p", fresh(), (size_t)i));
	}

	files();

	for (i = 1; i < 5000; i += 333) {
		char *place = lwsac_use_zero(&ac, (size_t)i, 0);

		for (j = 0; j < i; j++)
			if (place[j])
				printf("not zero at %d of %d\n", j, i);
		memset(place, 'x', (size_t)i);
	}
	lwsac_free(&ac);

	return 0;
}
