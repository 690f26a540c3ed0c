/* Blobs of a context: memory of the program's, and memory that is appended to. */
#include <libwebsockets.h>
#include "leaf.h"

static void
read_all(lws_system_blob_t *blob, size_t size)
{
	size_t offset, want, len;
	int n;

	for (offset = 0; offset < size + 3; offset++)
		for (want = 0; want < size + 4; want += 3) {
			uint8_t *out = (uint8_t *)fresh();

			len = want;
			n = lws_system_blob_get(blob, out, &len, offset);
			printf("  %zu from %zu: %d, %zu ", want, offset, n, len);
			show_bytes(out, 12);
			printf("\n");
		}
}

/* Not for what was appended: the original then gives another address than the bytes'. */
static void
show(lws_system_blob_t *blob)
{
	const uint8_t *p = NULL;
	size_t size = lws_system_blob_get_size(blob);
	int n = lws_system_blob_get_single_ptr(blob, &p);

	printf("size %zu, in one piece %d ", size, n);
	if (!n && p)
		show_bytes(p, size);
	printf("\n");
}

int
main(void)
{
	static const uint8_t direct[] = "direct", other[] = "other";
	struct lws_context_creation_info info;
	struct lws_context *context;
	lws_system_blob_t *blob, *second;
	int type;

	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	lws_set_log_level(LLL_ERR, NULL);
	context = lws_create_context(&info);
	if (!context)
		return 1;

	blob = lws_system_get_blob(context, LWS_SYSBLOB_TYPE_AUTH, 0);
	second = lws_system_get_blob(context, LWS_SYSBLOB_TYPE_AUTH, 1);
	printf("two of credentials: %d\n", blob && second && blob != second);
	for (type = LWS_SYSBLOB_TYPE_CLIENT_CERT_DER; type < LWS_SYSBLOB_TYPE_COUNT; type++) {
		lws_system_blob_t *one = lws_system_get_blob(context, (lws_system_blob_item_t)type, 0);

		printf("type %d: %d\n", type, one && one != blob && one != second &&
						      one == lws_system_get_blob(context, (lws_system_blob_item_t)type, 0));
	}
	printf("idx -1: %d\n", lws_system_get_blob(context, LWS_SYSBLOB_TYPE_AUTH, -1) != NULL);

	show(blob);
	read_all(blob, 0);
	lws_system_blob_direct_set(blob, direct, 6);
	show(blob);
	read_all(blob, 6);
	lws_system_blob_direct_set(blob, other, 5);
	show(blob);
	show(second);

	blob = lws_system_get_blob(context, LWS_SYSBLOB_TYPE_DEVICE_TYPE, 0);
	printf("append %d\n", lws_system_blob_heap_append(blob, direct, 6));
	printf("append %d, size %zu\n", lws_system_blob_heap_append(blob, other, 5), lws_system_blob_get_size(blob));
	read_all(blob, 11);
	lws_system_blob_heap_empty(blob);
	show(blob);
	printf("append %d\n", lws_system_blob_heap_append(blob, other, 5));
	lws_system_blob_destroy(blob);
	show(blob);
	lws_system_blob_direct_set(blob, direct, 6);
	show(blob);

	printf("captive portal: %d, %d\n", lws_system_cpd_state_get(context), lws_system_cpd_start(context));
	lws_system_cpd_set(context, LWS_CPD_NO_INTERNET);
	lws_system_cpd_set(context, LWS_CPD_INTERNET_OK);
	printf("captive portal: %d\n", lws_system_cpd_state_get(context));
	printf("start %d, captive portal: %d\n", lws_system_cpd_start(context), lws_system_cpd_state_get(context));
	printf("ops %d\n", lws_system_get_ops(context) != NULL);
	lws_context_destroy(context);
	return 0;
}
