/* JSON: every event with the parser's whole state, for fixed and random documents, however the text is cut. */
#include <libwebsockets.h>
#include "leaf.h"

static const char *const documents[] = {
	"", " ", "{", "{}", "[]", "[1]", "[{}]", "[[]]", "[[1],[2]]", "{\"a\":1}", "{\"a\":{}}", "{\"a\":[]}", "{\"a\":[1,2]} x",
	"{\"a\":\"b\"}}", "[1,{\"a\":[{\"b\":\"c\"},3]}]", "\"a\"", "1", "true", "{\"a\" :\n 1 # x\n , \"b\":true}", "{\"a\":tru}",
	"{\"a\":-1.5e-3,\"b\":1.,\"c\":.5}", "{\"a\":01}", "{\"a\":1.5.5}", "{\"a\":-}", "{\"a\":--1}", "{\"a\":1-}", "{\"a\":1e}", "{\"a\":1e5}",
	"{\"a\":1E+5}", "{\"a\":1e-5}", "{\"a\":1e+-5}", "{\"a\":1e5e5}", "{\"a\":1e5.5}", "{\"a\":1.e5}", "{\"a\":-.5}", "{\"a\":.5}", "{\"a\":1.25}", "{\"a\":0}", "{\"a\":-0}",
	"{\"a\":\"\\u00e9\\u20ac\\ud83d\\ude00\\u0000\\u0041x\"}", "{\"a\":\"\\u07ff\\u0800\\uFFFF\\u007f\\u0080\"}", "{\"a\":\"\\u12g4\"}",
	"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "{\"a\":\"\\x\"}", "{\"a\\\"\\u20ac\":1}", "{\"a.b\":1}", "{\"a\":{\"b\":[{\"c\":1},{\"c\":2}]}}", "{\"a\":\"b\" \"c\":1}",
	"{\"a\":1,}", "{\"a\":[1,]}", "{\"a\":[,1]}", "{\"\":1}", "{a:1}", "{\"a\"=1}", "{\"a\":1]", "{\"a\":[1}", "{\"a\":]}", "{\"a\":}", "{,}", "{\"a\":1,,}", "[1", "[1,", "[,]", "[1 2]",
	"[\"x\",\"y\"]", "[true,false,null]", "[true,\nfalse , nul]", "{\"a\":\"x\ny\"}", "{\"a\":\"x\ty\"}", "{\"a\":\"\x7f\x80\xc3\xa9\xff\"}", "{\"a\":[[1,2],[3,[4,5]]],\"b\":{\"c\":{\"d\":[]}}}",
	"{\"a\":{\"b\":1,\"c\":2},\"d\":{\"e\":[1,{\"f\":\"g\"}]}}", "[[[[1]]]]", "[[[[[1]]]]]", "[[[[[[1]]]]]]", "[[[[[[[1]]]]]]]", "{\"a\":[[[[[1]]]]]}", "{\"a\":[[[[[[1]]]]]]}",
	"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}}",
	"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}}}}}", "# first\n{ # x\n\"a\" # y\n: # z\n[ # 1\n1 # 2\n, # 3\n2 # 4\n] # 5\n} # 6\n{\"b\":2}",
	"{\"schema\":\"x\",\"id\":12345678901234567890,\"id2\":123456789012345678901,\"f\":0.1234567890123456789012,\"list\":[{\"n\":\"a\"},{\"n\":\"b\",\"m\":{\"n\":[0,1]}}]}",
	"{\"a\":false}", "{\"a\":null}", "{\"a\":nulL}", "{\"a\":trueX}", "{\"a\":true \n}", "{\"a\":1\n\n,\"b\":2\n}", "\xef\xbb\xbf{\"a\":1}", "{\"a\":1}{\"b\":2}", "[1][2]", "[]]", "[}", "{]", "{\"a\":{]", "{\"a\":{\"b\":1]", "[{\"a\":1]",
};
#define DOCUMENTS ((int)LWS_ARRAY_SIZE(documents))

static const char *const all_paths[] = {
	"a", "[]", "a[]", "a.b", "a.b[]", "a.b[].c", "*", "*.b", "*[]", "a.*", "a.*.c", "*.*", "[].a", "[].*", "[][]", "a[].b", "*[].*", "", "b", "list[]", "list[].n", "*.m.n[]", "a.a.a", "a.b.c", "id", "**", "a*", "*a",
};
#define PATHS ((int)LWS_ARRAY_SIZE(all_paths))

struct strided {
	const char *path;
	long other;
};

static char trace[1 << 20];
static size_t used;
static struct lejp_ctx ctx;
static int events, fail_with = -1, fail_at, push_at, pop_at, visible;
static const char *paths[8], *inner_paths[8];
static struct strided strided[8];
static char text[4096];

static void put(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (used < sizeof(trace) - 2000)
		used += (size_t)vsnprintf(trace + used, 1000, format, ap);
	va_end(ap);
}

static void put_text(const char *bytes, int len)
{
	int i;

	for (i = 0; i < len; i++)
		put(bytes[i] > ' ' && bytes[i] < 127 ? "%c" : "\\%02x", (unsigned char)bytes[i]);
}

/* Nested too deeply, the original's level is one behind the last. */
static int level(void)
{
	return ctx.sp < LEJP_MAX_DEPTH ? ctx.sp : LEJP_MAX_DEPTH - 1;
}

static void state(void)
{
	char piece[40];
	int n;

	/* while a second set of paths is in use, what the path is behind its end is left over from the first */
	put(" path=");
	put_text(ctx.path, (int)strnlen(ctx.path, sizeof(ctx.path)));
	put("(%d) match=%d,%d wild=%d", ctx.pst[ctx.pst_sp].ppos, ctx.path_match, ctx.path_match_len, ctx.wildcount);
	for (n = 0; n < ctx.wildcount && n < LEJP_MAX_INDEX_DEPTH; n++) {
		memset(piece, '#', sizeof(piece));
		put(":%d=%d,", ctx.wild[n], lejp_get_wildcard(&ctx, n, piece, n & 1 ? 4 : 30));
		put_text(piece, 8);
	}
	put(" sp=%d pst=%d i=", level(), ctx.pst_sp);
	for (n = 0; n < ctx.ipos && n < LEJP_MAX_INDEX_DEPTH; n++)
		put("%d,", ctx.i[n]);
	put(" line=%d outer=%d f=%d dcount=%d st=", ctx.line, ctx.outer_array, ctx.f, ctx.dcount);
	for (n = 0; n <= level(); n++)
		put("%d.%d.%d.%d ", ctx.st[n].s, ctx.st[n].p, ctx.st[n].i, ctx.st[n].b);
	put(" buf=");
	put_text(ctx.buf, ctx.npos);
}

static signed char inner(struct lejp_ctx *c, char reason)
{
	put("inner %d", reason);
	state();
	put("\n");
	if (++events == pop_at)
		put("pop %d\n", lejp_parser_pop(c));

	return events == fail_at ? (signed char)fail_with : 0;
}

static signed char outer(struct lejp_ctx *c, char reason)
{
	put("%d", reason);
	if (c != &ctx || c->user != &paths)
		put(" WRONG");
	state();
	if (reason & LEJP_FLAG_CB_IS_VALUE)
		/* the original does not end a chunk */
		put(" end=%d", reason >= LEJPCB_VAL_NUM_INT && reason != LEJPCB_VAL_STR_CHUNK ? c->buf[c->npos] : 0);
	put("\n");
	c->st[level()].b = (char)events;
	events++;
	if (events == push_at) {
		put("push %d", lejp_parser_push(c, &inner_paths, inner_paths, 3, inner));
		state();
		put("\n");
	}
	if (events == pop_at)
		put("pop %d\n", lejp_parser_pop(c));

	return events == fail_at ? (signed char)fail_with : 0;
}

static void parse(const char *what, const char *doc, int len, int cut, int step)
{
	unsigned int hash = 5381;
	int at = 0, n, r = LEJP_CONTINUE;
	size_t i;

	used = 0;
	events = 0;
	memset(&ctx, 0, sizeof(ctx));
	memset(ctx.buf, '#', sizeof(ctx.buf));
	ctx.npos = 0;
	lejp_construct(&ctx, outer, &paths, paths, 8);
	while (at < len) {
		n = at < cut ? cut - at : at == cut ? len - cut : len - at;
		if (step && n > step)
			n = step;
		r = lejp_parse(&ctx, (const unsigned char *)doc + at, n);
		put("parse %d: %d %s", n, r, lejp_error_to_string(r));
		state();
		put("\n");
		at += n;
		if (r != LEJP_CONTINUE)
			break;
	}
	lejp_destruct(&ctx);
	for (i = 0; i < used; i++)
		hash = hash * 33 + (unsigned char)trace[i];
	if (visible)
		printf("%s %s\n%.*s", what, doc, (int)used, trace);
	else
		printf("%s %d %d: %d, %d events, %u\n", what, cut, step, r, events, hash);
}

static void choose_paths(void)
{
	int i;

	for (i = 0; i < 8; i++) {
		paths[i] = all_paths[leaf_random() % PATHS];
		inner_paths[i] = all_paths[leaf_random() % PATHS];
		strided[i].path = paths[i];
	}
}

/* A random value, mostly valid JSON. */
static char *random_value(char *p, int depth)
{
	static const char *const scalars[] = {
		"true", "false", "null", "0", "-1", "12", "1.5", "-2.25e10", "1e3", "\"\"", "\"x\"", "\"\\u20acy\"", "\"\\n\\\"\"", "tru", "1.", "{}", "[]", "",
	};
	static const char *const names[] = { "a", "b", "c", "list", "n", "m", "id", "" };
	int n = (int)(leaf_random() % 4), i;

	switch (depth > 5 ? 2 : leaf_random() % 4) {
	case 0:
		*p++ = '{';
		for (i = 0; i <= n; i++) {
			p += sprintf(p, "%s\"%s\"%s:", i ? "," : "", names[leaf_random() % 8], leaf_random() % 8 ? "" : " ");
			p = random_value(p, depth + 1);
		}
		*p++ = '}';
		break;
	case 1:
		*p++ = '[';
		for (i = 0; i < n; i++) {
			if (i)
				*p++ = ',';
			p = random_value(p, depth + 1);
		}
		*p++ = ']';
		break;
	default:
		p += sprintf(p, "%s%s", scalars[leaf_random() % (leaf_random() % 16 ? 13 : 18)], leaf_random() % 8 ? "" : "\n");
		break;
	}
	*p = '\0';

	return p;
}

static int random_document(void)
{
	static const char chars[] = "{}[]\",:\\u0aef1-+.E# \n\tntrls*\x01\x80";
	char *p = text, *end;
	int i;

	do {
		*text = leaf_random() % 2 ? '{' : '[';
		if (*text == '{')
			p = random_value(text + sprintf(text, "{\"%c\":", 'a' + (int)(leaf_random() % 3)), 1);
		else
			p = random_value(text + 1, 1);
		end = p + sprintf(p, "%c", *text == '{' ? '}' : ']');
	} while (end - text > 1000);
	for (i = (int)(leaf_random() % 6) - 3; i > 0; i--)
		text[(long)leaf_random() % (end - text)] = chars[leaf_random() % (sizeof(chars) - 1)];

	return (int)(end - text);
}

static void long_strings(void)
{
	int sizes[] = { 100, 125, 126, 127, 128, 129, 130, 252, 253, 254, 255, 256, 507, 508, 509, 510, 1000 }, i, j, n;

	for (i = 0; i < (int)LWS_ARRAY_SIZE(sizes); i++) {
		n = sprintf(text, "{\"a\":\"");
		for (j = 0; j < sizes[i]; j++)
			text[n++] = (char)('a' + j % 26);
		strcpy(text + n, "\\u20ac\"}");
		parse("long string", text, (int)strlen(text), 0, 0);
		parse("long string", text, (int)strlen(text), 0, 1);
		n = sprintf(text, "{\"a\":-");
		for (j = 0; j < sizes[i]; j++)
			text[n++] = '1';
		strcpy(text + n, "}");
		parse("long number", text, (int)strlen(text), 0, 0);
		text[n / 2] = '.';
		parse("long float", text, (int)strlen(text), 0, 0);
		strcpy(text + 7, "e5");
		for (j = 9; j < n; j++)
			text[j] = j % 2 ? '+' : '-';
		parse("long exponent", text, (int)strlen(text), 0, 0);
		/* a name that fits: beyond that the original writes where it should not */
		if (sizes[i] < 122) {
			n = sprintf(text, "{\"a\":[{\"");
			for (j = 0; j < sizes[i]; j++)
				text[n++] = (char)('a' + j % 26);
			strcpy(text + n, "\":1}]}");
			parse("long name", text, (int)strlen(text), 0, 0);
		}
	}
}

int main(void)
{
	char buf[16];
	int i, j, n;

	for (i = -40; i < 10; i++)
		printf("error %d %s\n", i, lejp_error_to_string(i));

	for (i = 0; i < 8; i++)
		paths[i] = all_paths[(i * 3) % PATHS], inner_paths[i] = all_paths[i * 2];
	for (i = 0; i < DOCUMENTS; i++) {
		n = (int)strlen(documents[i]);
		visible = 1;
		parse("document", documents[i], n, 0, 0);
		visible = 0;
		parse("bytes of", documents[i], n, 0, 1);
		for (j = 1; j < n; j++)
			parse("cut of", documents[i], n, j, 0);
	}
	/* every error may come from a callback, too */
	for (i = 0; i < DOCUMENTS; i++) {
		n = (int)strlen(documents[i]);
		for (fail_at = 1; fail_at < 25; fail_at++)
			for (fail_with = -1; fail_with < 3; fail_with += 2)
				parse("refused", documents[i], n, 0, 0);
		fail_at = 0;
		for (push_at = 1; push_at < 12; push_at++)
			for (pop_at = 0; pop_at < 20; pop_at += 3)
				parse("pushed", documents[i], n, 0, 0);
		push_at = pop_at = 0;
	}
	long_strings();

	for (i = 0; i < 20000; i++) {
		choose_paths();
		n = random_document();
		fail_with = leaf_random() & 1 ? -1 : 1;
		if (leaf_random() % 4 == 0)
			fail_at = (int)(leaf_random() % 30);
		if (leaf_random() % 4 == 0)
			push_at = (int)(leaf_random() % 10), pop_at = (int)(leaf_random() % 40);
		printf("%s\n", text);
		parse("random", text, n, (int)leaf_random() % n, (int)(leaf_random() % 3));
		fail_at = push_at = pop_at = 0;
	}

	/* paths in structs */
	memset(&ctx, 0, sizeof(ctx));
	used = 0;
	events = 0;
	lejp_construct(&ctx, outer, &paths, &strided[0].path, 8);
	ctx.path_stride = sizeof(strided[0]);
	choose_paths();
	printf("strided %d\n", lejp_parse(&ctx, (const unsigned char *)documents[69], (int)strlen(documents[69])));
	lejp_change_callback(&ctx, inner);
	lejp_destruct(&ctx);
	printf("%.*s", (int)used, trace);

	/* paths and wildcards by hand */
	for (i = 0; i < PATHS; i++)
		for (j = 0; j < PATHS; j++) {
			memset(&ctx, 0, sizeof(ctx));
			lejp_construct(&ctx, inner, NULL, all_paths + i, 1);
			strcpy(ctx.path, all_paths[j]);
			ctx.pst[0].ppos = (uint8_t)strlen(ctx.path);
			lejp_check_path_match(&ctx);
			printf("%s in %s: %d %d %d", all_paths[i], all_paths[j], ctx.path_match, ctx.path_match_len, ctx.wildcount);
			for (n = 0; n < 4; n++) {
				memset(buf, '#', sizeof(buf));
				printf(" %d ", lejp_get_wildcard(&ctx, n, buf, 16));
				show_bytes(buf, 8);
			}
			printf("\n");
		}
	for (i = 0; i < 8; i++)
		printf("push %d: %d\n", i, lejp_parser_push(&ctx, NULL, NULL, 0, inner));
	for (i = 0; i < 8; i++)
		printf("pop %d: %d\n", i, lejp_parser_pop(&ctx));

	return 0;
}
