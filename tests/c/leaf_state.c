/* State machines: steps, jumps, observers that object, that come and go. */
#include <libwebsockets.h>
#include "leaf.h"

static const char *names[] = { "s0", "s1", "s2", "s3", "s4", "s5", "s6" };
static int object_before = -1, object_after = -1, answer = 1;
static lws_state_manager_t machine;
static lws_state_notify_link_t a, b, c;

static int
observe(lws_state_manager_t *mgr, lws_state_notify_link_t *link, int current, int target)
{
	printf("  %s: %d, %d to %d, parent %d\n", link->name, mgr->state, current, target, mgr->parent == names);
	if (current != target && target == object_before)
		return answer;
	if (current == target && target == object_after)
		return answer;
	return 0;
}

static void
steps(int target)
{
	int n = lws_state_transition_steps(&machine, target);

	printf("steps to %d: %d, at %d\n", target, n, machine.state);
}

static void
jump(int target)
{
	int n = lws_state_transition(&machine, target);

	printf("jump to %d: %d, at %d\n", target, n, machine.state);
}

int
main(void)
{
	lws_state_notify_link_t *const list[] = { &a, &b, NULL };

	lws_set_log_level(LLL_ERR, NULL);
	machine.name = "machine";
	machine.state_names = names;
	machine.parent = names;
	a.name = "a";
	b.name = "b";
	c.name = "c";
	a.notify_cb = b.notify_cb = c.notify_cb = observe;

	steps(1);
	lws_state_reg_notifier_list(&machine, list);
	printf("%u observers\n", machine.notify_list.count);
	steps(3);
	steps(3);
	steps(1);
	jump(1);
	jump(1);

	object_before = 3;
	steps(5);
	steps(5);
	answer = -1;
	jump(3);
	object_before = -1;

	object_after = 4;
	steps(5);
	jump(4);
	object_after = -1;

	lws_state_reg_notifier(&machine, &c);
	jump(0);
	lws_state_reg_deregister(&b);
	steps(2);
	printf("%u observers\n", machine.notify_list.count);
	lws_state_reg_deregister(&a);
	lws_state_reg_deregister(&a);
	lws_state_reg_deregister(&b);
	lws_state_reg_deregister(&c);
	printf("%u observers\n", machine.notify_list.count);
	steps(6);
	return 0;
}
