#include "kernel.h"

/* Types that only scripts name. */
struct tcp_sock tcp_sock;
struct tcp_timewait_sock tcp_timewait_sock;
struct rtable rtable;

FUNCTION void tcp_v4_send_reset(struct sock *sk, struct sk_buff *skb)
{
    skb->skb_iif = sk != 0;
}

FUNCTION int tcp_v4_rcv(struct sk_buff *skb)
{
    tcp_v4_send_reset(0, skb);
    return 0;
}
