/*
 * What Linux 3.10 has of what the probe scripts ask for: names, members, and where it differs from today's, what is a
 * pointer, a bit-field or in another structure. Nothing here is the kernel's own code, and offsets are not its either.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
struct list_head {
    struct list_head *next, *prev;
};
struct net {
    int count;
    unsigned int proc_inum;
};
struct net_device {
    char name[16];
    struct net *nd_net;
};
struct nf_conntrack {
    int use;
};
struct sk_buff {
    struct net_device *dev;
    unsigned long _skb_refdst;
    struct nf_conntrack *nfct;
    u8 nfctinfo : 3;
    int skb_iif;
    u32 transport_header;
    u32 network_header;
    unsigned char *head;
};
struct in6_addr {
    u8 bytes[16];
};
struct sock_common {
    u32 skc_daddr, skc_rcv_saddr;
    u16 skc_dport;
    u16 skc_family;
    volatile u8 skc_state;
    struct net *skc_net;
};
struct inode {
    unsigned long i_ino;
};
struct file {
    struct inode *f_inode;
};
struct socket {
    struct file *file;
};
struct sock {
    struct sock_common __sk_common;
    unsigned int sk_shutdown : 2;
    struct socket *sk_socket;
};
struct ipv6_pinfo {
    struct in6_addr saddr, daddr;
};
struct inet_sock {
    struct sock sk;
    struct ipv6_pinfo *pinet6;
    u16 inet_sport;
};
struct tcp_sock {
    struct inet_sock inet;
    u32 rcv_nxt, copied_seq, snd_una, snd_nxt;
    int linger2;
};
struct inet_timewait_sock {
    struct sock_common __tw_common;
    volatile u8 tw_substate;
};
struct tcp_timewait_sock {
    struct inet_timewait_sock tw_sk;
    u32 tw_rcv_nxt, tw_snd_nxt;
};
struct request_sock {
    struct request_sock *dl_next;
};
struct tcp_request_sock {
    struct request_sock req;
    u32 snt_isn;
};
struct rtable {
    u16 rt_type;
};
struct rt6_info {
    u32 rt6i_flags;
};
struct module {
    int state;
    struct list_head list;
    char name[56];
    void *module_core;
    unsigned int core_size;
};
struct new_utsname {
    char release[65];
};
struct uts_namespace {
    int kref;
    struct new_utsname name;
};

/* As it stands: not inlined, no copy, and no parameter left out. */
#define FUNCTION __attribute__((noinline, noipa))
