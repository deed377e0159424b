#include "kernel.h"

struct tcp_request_sock tcp_request_sock;

FUNCTION struct sock *tcp_check_req(struct sock *sk, struct sk_buff *skb, struct request_sock *req,
                                    struct request_sock **prev, _Bool fastopen)
{
    *prev = req;
    return fastopen ? sk : (struct sock *)skb;
}
