#include "kernel.h"
void (*nf_ct_destroy)(struct nf_conntrack *);
