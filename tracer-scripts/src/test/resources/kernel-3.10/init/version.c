#include "kernel.h"

struct uts_namespace init_uts_ns = {2, {"3.10.0-1-amd64"}};
const char linux_banner[] = "Linux version 3.10.0-1-amd64 (backline)";
