#include "kernel.h"

struct rt6_info rt6_info;

FUNCTION void tcp_v6_send_reset(struct sock *sk, struct sk_buff *skb)
{
    skb->skb_iif = sk != 0;
}

FUNCTION int tcp_v6_rcv(struct sk_buff *skb)
{
    tcp_v6_send_reset(0, skb);
    return 0;
}
