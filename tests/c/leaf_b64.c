/* Base64 and SHA-1. */
#include <libwebsockets.h>
#include "leaf.h"

int main(void)
{
	static const char *const texts[] = {
		"", "Y", "YQ", "YQ=", "YQ==", "YWI", "YWI=", "YWJj", "YWJjZA==", "YWJjZA", "YWJjZGU=", "YWJjZGVmZ2hp",
		"Y W J j", "YW\nJj", "//79Pz4=", "__79Pz4=", "-_-_", "+/+/", "YQ==YQ==", "====", "Y*Q=", "=YWJj", "YWJj=",
		"YW=j", "A", "AA", "AAA", "AAAAA", "AAAAAA", "!!!!", "dGhlIHNhbXBsZSBub25jZQ==",
	};
	unsigned char data[300], md[20];
	int i, j, n, m;

	for (i = 0; i < 300; i++)
		data[i] = (unsigned char)leaf_random();

	for (i = 0; i < 12; i++)
		for (j = 0; j < 24; j++) {
			n = lws_b64_encode_string((char *)data, i, fresh(), j);
			printf("encode %d %d: %d ", i, j, n);
			if (n >= 0)
				show_bytes(leaf_out, 24);
			n = lws_b64_encode_string_url((char *)data, i, fresh(), j);
			printf(" %d ", n);
			if (n >= 0)
				show_bytes(leaf_out, 24);
			printf("\n");
		}

	for (i = 0; i < (int)LWS_ARRAY_SIZE(texts); i++)
		for (j = 1; j < 30; j++) {
			n = lws_b64_decode_string(texts[i], fresh(), j);
			printf("decode %d %d: %d ", i, j, n);
			show_bytes(leaf_out, 32);
			printf("\n");
		}

	/* for some lengths the text ends within a group */
	for (i = 0; i <= 24; i++) {
		n = lws_b64_decode_string_len("dGhlIHNhbXBsZSBub25jZQ==", i, fresh(), 100);
		printf("decode len %d: %d ", i, n);
		show_bytes(leaf_out, 24);
		printf("\n");
	}

	for (i = 0; i < 300; i++) {
		char text[500], back[310];

		n = lws_b64_encode_string((char *)data, i, text, sizeof(text));
		m = lws_b64_decode_string(text, back, sizeof(back));
		printf("there and back %d %d %d %d\n", i, n, m, !!memcmp(back, data, (size_t)i));
	}

	for (i = 0; i < 300; i += 7) {
		n = lws_SHA1(data, (size_t)i, md) == md;
		printf("sha1 %d: %d ", i, n);
		show_bytes(md, 20);
		printf("\n");
	}

	return 0;
}
