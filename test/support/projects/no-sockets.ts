import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { forbid } from './forbid.ts';

// HTTP, TLS, undici and the clients of proxies are all built on these.
forbid(net.Socket.prototype, ['connect'], 'sockets');
forbid(net.Server.prototype, ['listen'], 'sockets');
forbid(dgram.Socket.prototype, ['bind', 'connect', 'send'], 'sockets');
forbid(dns, ['lookup'], 'sockets');
forbid(dns.promises, ['lookup'], 'sockets');
forbid(dns.Resolver.prototype, ['resolve', 'resolve4', 'resolve6'], 'sockets');
forbid(dns.promises.Resolver.prototype, ['resolve', 'resolve4', 'resolve6'], 'sockets');
syncBuiltinESMExports();
