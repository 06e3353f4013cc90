#!/usr/bin/perl
# A cable between two network hosts that takes time: `wire.pl A B` makes two TAP interfaces and carries frames between them.
# Over a veth pair the router's ICMP error arrives while connect() still holds its socket; Linux then drops the error
# (TcpExtLockDroppedIcmps), and a prohibited connection looks like one that nobody answers. netem is not in every kernel.
use strict;
use warnings;

use constant { TUNSETIFF => 0x400454ca, IFF_TAP_NO_PI => 0x1002, O_RDWR_NONBLOCK => 0x802, LATENCY_S => 0.0002 };

sub tap {
    my ($name) = @_;
    sysopen my $tap, '/dev/net/tun', O_RDWR_NONBLOCK or die "/dev/net/tun: $!\n";
    ioctl $tap, TUNSETIFF, pack('a16 s x22', $name, IFF_TAP_NO_PI) or die "$name: $!\n";
    return $tap;
}

my ($left, $right) = map { tap($_) } @ARGV;
while (1) {
    my $readable = '';
    vec($readable, fileno $_, 1) = 1 for $left, $right;
    select $readable, undef, undef, undef;
    select undef, undef, undef, LATENCY_S;
    carry($left, $right);
    carry($right, $left);
}

# A write fails while the other end is down: a frame on an unplugged cable is lost.
sub carry {
    my ($from, $to) = @_;
    syswrite $to, $_[2] while sysread $from, $_[2], 65536;
}
