/* Replacing ${name}: every cut of the input, every size of the output. */
#include <libwebsockets.h>
#include "leaf.h"

static const char *const texts[] = {
	"", "abc", "${x}", "a${x}b", "a$b", "a$$b", "a$", "a$${x}", "${", "${x", "${unknown}", "${}", "$$", "$a$b${x}", "${e}", "aaaaaa", "$", "a}b{", "${x}${x}", "${long}-${x}${e}${long}!", "{${x}}", "$ {x}", "${${x}}",
	"${aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}", "${aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}", "${refuse}", "${-1}b", "${2}b", "caf\xc3\xa9 ${x}",
};

static const int priv_of_all = 7;
static int brimful;

static int value(void *priv, const char *name, char *out, size_t *pos, size_t olen, size_t *exp_ofs)
{
	const char *text = NULL;
	size_t room = olen - *pos, left;

	if (brimful)
		return LSTRX_FATAL_NAME_UNKNOWN;
	printf("[%s %d %d %d]", name, (int)*pos, (int)olen, (int)*exp_ofs);
	if (priv != (void *)&priv_of_all)
		printf("WRONG");
	if (!strcmp(name, "x"))
		text = "VALUE";
	if (!strcmp(name, "e"))
		text = "";
	if (!strcmp(name, "") || !strcmp(name, "${x"))
		text = "(none)";
	if (!strcmp(name, "long"))
		text = "a long value that needs more than one buffer";
	if (!strcmp(name, "refuse"))
		return -7;
	if (!strcmp(name, "-1"))
		return -1;
	if (!strcmp(name, "2"))
		return 2;
	if (!text)
		return LSTRX_FATAL_NAME_UNKNOWN;
	left = strlen(text) - *exp_ofs;
	if (left < room)
		room = left;
	if (out)
		memcpy(out + *pos, text + *exp_ofs, room);
	*exp_ofs += room;
	*pos += room;
	brimful = room == left && *pos == olen;

	return room == left ? LSTRX_DONE : LSTRX_FILLED_OUT;
}

/* With input and output in pieces. `dry` counts only. */
static void expand(const char *text, size_t step, size_t olen, int dry)
{
	size_t len = strlen(text), at = 0, in, out, n;
	lws_strexp_t exp;
	int r = 0, turns = 0;

	brimful = 0;
	memset(&exp, '#', sizeof(exp));
	lws_strexp_init(&exp, (void *)&priv_of_all, value, dry ? NULL : fresh(), olen);
	while (turns++ < 80 && at < len) {
		n = len - at < step ? len - at : step;
		in = out = 99;
		r = lws_strexp_expand(&exp, text + at, n, &in, &out);
		/* when a value fills the output to the last byte, the original writes what follows, or its NUL, beyond it */
		if (brimful) {
			printf(" full\n");
			return;
		}
		printf(" %d %d %d", r, (int)in, (int)out);
		printf(" %d.%d.%d.%d ", (int)exp.pos, (int)exp.exp_ofs, exp.name_pos, exp.state);
		if (!dry)
			show_bytes(leaf_out, r ? exp.pos : exp.pos + 1);
		if (r < 0)
			break;
		at += in;
		if (r == LSTRX_FILLED_OUT)
			lws_strexp_reset_out(&exp, dry ? NULL : fresh(), olen);
	}
	printf("\n");
}

int main(void)
{
	int i, step, olen;

	for (i = 0; i < (int)LWS_ARRAY_SIZE(texts); i++)
		for (step = 1; step < 20; step++)
			for (olen = 1; olen < 40; olen++) {
				printf("%d %d %d:", i, step, olen);
				expand(texts[i], (size_t)step, (size_t)olen, step == 19);
			}
	for (i = 0; i < (int)LWS_ARRAY_SIZE(texts); i++)
		expand(texts[i], 1000, 4096, i & 1);

	return 0;
}
