/**
 * Operations that a subsystem calls with a lock of its own held, as it documents: by the function that takes the lock,
 * from whose body its class is learned.
 *
 * Sources: Documentation/networking/netdevices.rst, "struct net_device synchronization rules"; net/core/rtnetlink.c,
 * net/core/dev_ioctl.c (ASSERT_RTNL()), net/ethtool/ioctl.c, dev_ethtool(); include/net/dcbnl.h; Documentation/networking/
 * devlink/index.rst, "Locking"; include/net/mac80211.h and cfg80211.h, "wiphy mutex".
 */
const rows: readonly (readonly [type: string, fields: RegExp, taking: string])[] = [
  [
    'struct net_device_ops',
    /^ndo_(?:init|uninit|open|stop|do_ioctl|eth_ioctl|siocbond|siocwandev|siocdevprivate|change_mtu|set_mac_address|set_features|fix_features|vlan_rx_add_vid|vlan_rx_kill_vid|bpf|add_slave|del_slave)$/,
    'rtnl_lock',
  ],
  ['struct ethtool_ops', /^(?!set_phys_id|flash_device|get_ts_info)/, 'rtnl_lock'],
  ['struct rtnl_link_ops', /^(?:newlink|changelink|dellink|slave_changelink|validate)$/, 'rtnl_lock'],
  ['struct dcbnl_rtnl_ops', /./, 'rtnl_lock'],
  [
    'struct devlink_ops',
    /^(?:reload_down|reload_up|eswitch_mode_set|eswitch_inline_mode_set|port_split|port_unsplit|info_get|sb_pool_set|rate_\w+|port_fn_\w+)$/,
    'devl_lock',
  ],
  [
    'struct ieee80211_ops',
    /^(?:start|stop|suspend|resume|add_interface|remove_interface|change_interface|config|hw_scan|cancel_hw_scan|sta_state|sta_add|sta_remove|add_chanctx|remove_chanctx|start_ap|stop_ap|remain_on_channel|cancel_remain_on_channel|set_key)$/,
    'wiphy_lock',
  ],
  [
    'struct cfg80211_ops',
    /^(?:suspend|resume|scan|abort_scan|connect|disconnect|auth|assoc|deauth|disassoc|start_ap|stop_ap|change_virtual_intf|join_ibss|leave_ibss|set_tx_power|add_key|del_key)$/,
    'wiphy_lock',
  ],
];

/** The function that takes the lock under which what is stored in `field` of `type` is called; undefined for none. */
export const takenAround = (type: string, field: string): string | undefined =>
  rows.find(([t, fields]) => t === type && fields.test(field))?.[2];
