#include "kernel.h"

FUNCTION void tcp_reset(struct sock *sk)
{
    sk->sk_shutdown = 3;
}

FUNCTION int tcp_rcv_state_process(struct sock *sk)
{
    tcp_reset(sk);
    return 1;
}
