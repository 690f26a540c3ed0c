/* Strings: printf, copying, searching, URL coding, file names, hexadecimal. */
#include <libwebsockets.h>
#include "leaf.h"

static const char *const texts[] = {
	"", "a", "abc", "hello world", "/path/to?x=1&y=2", "a+b", "%41", "%4", "%", "%zz", "a%20b", "%00x", "%2541",
	"abc%", "%C3%A9", "a%4g", "%%41", "++", "%7e%7E", "%e%41", "abcdefghijklmnop", "\xc3\xa9", "~-_.!*'()", "\x01\x7f\x80\xff",
	"..", "a..b", "./a", "...", "....", "../../etc/passwd", "C:\\x", "$HOME", "a b\tc", ".", "a.", ".a.b.",
	"ab", "abcd", "ABCDEF", "xy", "aX", "  ab", "ab cd", "0x12", "0123456789abcdefABCDEF", "12345g",
};
static const char *const uris[] = {
	"http://a.b/c", "https://a.b/c", "ws://a.b", "wss://a.b:99/x/y?z=1", "a.b/c", "a.b:80/c", "http://[::1]:80/x",
	"http://[::1]/x", "http://[fe80::1%25lo]/", "", "/", "/path", "http://", "ftp://x/y", "http://a.b:/c",
	"http://a.b:xx/c", "http://a.b?x=1", "http://user:pw@host/p", "a", "://x", "unix:///run/x", "http://a.b:99999/",
	"http://+@/x", "http:///x", "wss://[::1", "ws://a:80", "mqtt://h/x", "+/run/x:/p", "+/run/x", "http://a/b#c",
	"HTTP://a/b", "http://a//b", "a:b:c/d:e", "[::1]:5", "[]", "[", "a://b://c",
};
#define TEXTS ((int)LWS_ARRAY_SIZE(texts))

int main(void)
{
	char every[256], buf[600];
	unsigned char bytes[32];
	int i, j, n;

	for (i = 0; i < 255; i++)
		every[i] = (char)(i + 1);
	every[255] = '\0';

	printf("version %s\n", lws_get_library_version());

	for (i = 0; i < 20; i++) {
		n = lws_snprintf(fresh(), (size_t)i, "%s-%d", "hello", 12345);
		printf("snprintf %d: %d ", i, n);
		show_bytes(leaf_out, 24);
		printf("\n");
	}
	n = lws_snprintf(fresh(), 200, "%d %s %c %.3f %lld %zu %d %d %d %f", 1, "two", '3', 4.0, 5LL, (size_t)6, 7, 8, 9, 10.0);
	printf("snprintf %d %s\n", n, leaf_out);
	n = lws_snprintf(fresh(), 10, "%s", "");
	printf("snprintf %d %s\n", n, leaf_out);

	for (i = 1; i < 10; i++)
		for (j = 0; j < 4; j++) {
			n = lws_strncpy(fresh(), texts[j], (size_t)i) == leaf_out;
			printf("strncpy %s %d: %d ", texts[j], i, n);
			show_bytes(leaf_out, 12);
			printf("\n");
		}

	for (i = 0; i < TEXTS; i++)
		for (j = 0; j < TEXTS; j++) {
			const char *at = lws_nstrstr(texts[i], strlen(texts[i]), texts[j], strlen(texts[j]));

			if (at)
				printf("nstrstr %d in %d: %d\n", j, i, (int)(at - texts[i]));
		}
	printf("nstrstr cut: %d %d\n", !!lws_nstrstr("hello world", 10, "world", 5), !!lws_nstrstr("hello world", 11, "world", 4));
	printf("nstrstr nul: %d\n", (int)(lws_nstrstr("a\0b\0c", 5, "b\0c", 3) != NULL));

	for (i = 0; i < TEXTS; i++)
		for (j = 0; j < 20; j++) {
			n = lws_urldecode(fresh(), texts[i], j);
			printf("urldecode %d %d: %d ", i, j, n);
			if (!n)
				show_bytes(leaf_out, 24);
			printf("\n");
			n = lws_urlencode(fresh(), texts[i], j + 1) == leaf_out;
			printf("urlencode %d %d: %d ", i, j + 1, n);
			show_bytes(leaf_out, 24);
			printf("\n");
		}
	lws_urlencode(fresh(), every, sizeof(leaf_out));
	printf("urlencode %s\n", leaf_out);
	strcpy(buf, leaf_out);
	n = lws_urldecode(buf, buf, sizeof(buf) - 1);
	printf("urldecode in place %d %d\n", n, strcmp(buf, every));

	for (i = 0; i < TEXTS; i++) {
		strcpy(buf, texts[i]);
		lws_filename_purify_inplace(buf);
		printf("purify %s: %s\n", texts[i], buf);
	}
	memcpy(buf, every, sizeof(every));
	lws_filename_purify_inplace(buf);
	show_bytes(buf, 256);
	printf("\n");

	for (i = 0; i < TEXTS; i++)
		for (j = 0; j < 14; j++) {
			memset(bytes, '#', sizeof(bytes));
			n = lws_hex_to_byte_array(texts[i], bytes, j);
			printf("hex %d %d: %d ", i, j, n);
			if (n >= 0)
				show_bytes(bytes, 16);
			printf("\n");
		}

	for (i = 0; i < 64; i++) {
		for (j = 0; j < 32; j++)
			buf[j] = buf[j + 32] = (char)leaf_random();
		if (i & 1)
			buf[leaf_random() % 32] ^= (char)leaf_random();
		printf("bcmp %d\n", lws_timingsafe_bcmp(buf, buf + 32, (uint32_t)(i % 33)));
	}

	for (i = 0; i < (int)LWS_ARRAY_SIZE(uris); i++) {
		const char *prot = "?", *ads = "?", *path = "?";
		int port = -7;

		strcpy(buf, uris[i]);
		n = lws_parse_uri(buf, &prot, &ads, &port, &path);
		printf("uri %s: %d %s|%s|%d|%s\n", uris[i], n, prot, ads, port, path);
	}
	for (i = 0; i < 3000; i++) {
		static const char chars[] = "htps:://[]+:@/ab0189.?";
		const char *prot = "?", *ads = "?", *path = "?";
		int port = -7;

		n = (int)(leaf_random() % 24);
		for (j = 0; j < n; j++)
			buf[j] = chars[leaf_random() % (sizeof(chars) - 1)];
		buf[n] = '\0';
		if (i & 1) {
			memmove(buf + 7, buf, (size_t)n + 1);
			memcpy(buf, "http://", 7);
		}
		printf("uri %s:", buf);
		n = lws_parse_uri(buf, &prot, &ads, &port, &path);
		printf(" %d %s|%s|%d|%s\n", n, prot, ads, port, path);
	}

	memset(buf, 'x', 20);
	lws_explicit_bzero(buf, 10);
	show_bytes(buf, 20);
	printf("\n");

	return 0;
}
