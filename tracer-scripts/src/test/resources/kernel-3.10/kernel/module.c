#include "kernel.h"

static struct list_head modules = {&modules, &modules};

FUNCTION struct module *find_module(void)
{
    return (struct module *)modules.next;
}
