#include "kernel.h"
struct net init_net;
