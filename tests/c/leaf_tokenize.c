/* Splitting into tokens: all flags, with and without a length, fixed and random texts. */
#include <libwebsockets.h>
#include "leaf.h"

static const char *const texts[] = {
	"", " ", "a", "a b", "a,b", ",a", "a,", "a,,b", "a, b ,c", "\"x y\"", "\"x", "\"\"", "a\"b\"", "a=b", "a = b", "a =", "=", "a==b", "a:b", "a : b", "a:", ":", "1", "12", "1.5", "1.5.6", "1..5", ".5", "5.",
	"1=2", "1 = 2", "1.5=2", "1:2", "a1=2", "1a=2", "1a", "a1", "-1", "-", "--", "my-token", "1-2", "-1.5", "warmcat.com", "192.168.0.1", "1.myserver.com", "a.b.c", "/a/b", "multipart/related; boundary=\"x\"", "a/b",
	"#comment\nx", "x # comment\ny", "a#b", "a #", "\"#\"", "# \"x\" = 1", "protocol-1, protocol-2", "a b=c", "a b:c", "a b", "a_b", "_", "a\tb\r\nc\fd", "a;b", "a(b)<c>@[d]?{e}", "\xc3\xa9", "a\xc3\xa9z", "\xc3", "a\xc3(", "\xff",
	"\"\xe2\x82\xac\"", "Basic realm=\"x\", nonce=abc", "a=\"b\"c", "a \"b\"", "\"a\"=b", "\"a\" , \"b\"", "\"a\"\"b\"", "\"a\" \"b\"", "1,2,3.5", "1 2", "1 a", "0x1f", "1e5", "+1", "a'b", "a!b#c$d%e&f'g*h+i-j.k^l_m`n|o~p", "\x7f", "a\x01" "b", "a\\b", "\"a\\\"b\"",
};

static void split(const char *text, size_t len, int flags, int known)
{
	struct lws_tokenize ts;
	const size_t end = strlen(text);
	int i, e = 1;

	memset(&ts, '#', sizeof(ts));
	lws_tokenize_init(&ts, text, flags);
	printf("%x %d %u:", ts.flags, ts.delim, (unsigned int)ts.len);
	if (known)
		ts.len = len;
	for (i = 0; i < 40 && e > 0; i++) {
		e = lws_tokenize(&ts);
		/* the original steps over the NUL, and would read on behind it next time */
		if (ts.start > text + end) {
			ts.start = text + end;
			ts.len++;
		}
		printf(" %d", e);
		if (ts.token)
			printf("@%d+%d", (int)(ts.token - text), (int)ts.token_len);
		else
			printf("@+%d", (int)ts.token_len);
		printf("/%d.%d", (int)(ts.start - text), ts.delim);
		if (known)
			printf("-%d", (int)ts.len);
	}
	printf("\n");
}

int main(void)
{
	static const char chars[] = "ab1 2.,-=:\"#/_;\n\x80\xc3\xa9";
	char buf[64];
	int i, j, n, flags;

	for (i = 0; i < (int)LWS_ARRAY_SIZE(texts); i++) {
		n = (int)strlen(texts[i]);
		for (flags = 0; flags < 0x200; flags++) {
			printf("%d ", i);
			split(texts[i], (size_t)n, flags, flags & 1);
		}
		for (j = 0; j <= n; j++) {
			printf("%d cut %d ", i, j);
			split(texts[i], (size_t)j, (int)(leaf_random() & 0x1ff), 1);
		}
	}
	for (i = 0; i < 60000; i++) {
		n = (int)(leaf_random() % 12);
		for (j = 0; j < n; j++)
			buf[j] = chars[leaf_random() % (sizeof(chars) - (i & 1 ? 1 : 4))];
		buf[n] = '\0';
		flags = (int)(leaf_random() & 0x1ff);
		show_bytes(buf, (size_t)n);
		printf(" ");
		split(buf, (size_t)n + (leaf_random() & 1), flags, 1);
	}
	/* each byte after each kind of beginning */
	for (i = 1; i < 256; i++) {
		static const char *const before[] = { "", "a", "1", "1.5", "a ", "\"a" };

		for (j = 0; j < 6; j++)
			for (flags = 0; flags < 0x200; flags = flags * 2 + !flags) {
				n = sprintf(buf, "%s%cb", before[j], i);
				printf("%d %d ", i, j);
				split(buf, (size_t)n, flags, 1);
			}
	}
	/* copying the token */
	for (i = 0; i < 12; i++) {
		struct lws_tokenize ts;

		lws_tokenize_init(&ts, "hello world", 0);
		lws_tokenize(&ts);
		n = lws_tokenize_cstr(&ts, fresh(), (size_t)i);
		printf("cstr %d: %d ", i, n);
		show_bytes(leaf_out, 8);
		printf("\n");
	}

	return 0;
}
