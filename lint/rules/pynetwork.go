package rules

import (
	"github.com/edgelint/edgelint/lint"
	"github.com/edgelint/edgelint/python/flow"
)

const (
	useSend = "send requests with spin_sdk.http.send, and list the host in allowed_outbound_hosts of spin.toml"
	useHost = "use what the host provides: spin_sdk.http.send, redis, mysql, postgres, mqtt, key_value, sqlite"
)

var rawSocket = callRule(lint.Rule{
	ID: "EL0411", Name: "raw-socket", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code opens sockets of its own",
		Text: "Spin refuses to listen, resolves no names for sockets, and connects only to addresses that " +
			"allowed_outbound_hosts grants; most other hosts give no sockets at all. On top of that, " +
			"connecting by name fails with `LookupError: unknown encoding: idna` unless encodings.idna " +
			"was imported at build.",
		Bad: "socket.create_connection((\"example.com\", 80))",
		Good: "from spin_sdk.http import Request, send\nsend(Request(\"GET\", \"https://example.com/\", " +
			"{}, None))",
	},
}, calls{
	names: []string{
		"socket.socket", "_socket.socket", "socket.create_connection", "socket.create_server",
		"socket.socketpair", "socket.fromfd", "asyncio.open_connection",
		"asyncio.streams.open_connection", "asyncio.start_server", "asyncio.streams.start_server",
		"asyncio.open_unix_connection", "asyncio.start_unix_server", "socketserver.TCPServer",
		"socketserver.UDPServer", "http.server.HTTPServer", "wsgiref.simple_server.make_server",
		"smtplib.SMTP", "ftplib.FTP", "imaplib.IMAP4", "poplib.POP3", "nntplib.NNTP", "telnetlib.Telnet",
		"asyncio.base_events.BaseEventLoop.create_connection",
		"asyncio.base_events.BaseEventLoop.create_server", "logging.handlers.SocketHandler",
		"logging.handlers.SysLogHandler", "xmlrpc.client.ServerProxy",
	},
	attrs:   []string{"create_datagram_endpoint"},
	raises:  []string{"OSError", "IOError", "PermissionError", "ConnectionError", "LookupError"},
	message: "%s opens a socket, which the host refuses or limits",
	help:    useHost,
})

var nameLookup = callRule(lint.Rule{
	ID: "EL0412", Name: "name-lookup", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code resolves host names",
		Text: "Spin never resolves names for a component: wasi:sockets/ip-name-lookup answers " +
			"access-denied. The calls fail before that with `LookupError: unknown encoding: idna` unless " +
			"encodings.idna was imported at build. The host resolves names itself for the requests that " +
			"it sends on the component's behalf.",
		Bad:  "socket.getaddrinfo(\"example.com\", 443)",
		Good: "give spin_sdk.http.send the URL with the host's name in it",
	},
}, calls{
	names: []string{
		"socket.getaddrinfo", "_socket.getaddrinfo", "socket.gethostbyname", "_socket.gethostbyname",
		"socket.gethostbyname_ex", "_socket.gethostbyname_ex", "socket.gethostbyaddr",
		"_socket.gethostbyaddr", "socket.getfqdn", "socket.gethostname", "socket.getnameinfo",
		"_socket.getnameinfo",
	},
	raises:  []string{"OSError", "IOError", "gaierror", "LookupError", "error"},
	message: "%s looks a name up, which no host answers",
	help:    useSend,
	unless: func(_ *pyJudge, u *flow.Use) bool { // where it exists it works
		return u.Is("socket.gethostname") && u.Absent.IsNull()
	},
})

var httpClient = callRule(lint.Rule{
	ID: "EL0413", Name: "socket-http-client", Severity: lint.Error,
	Doc: lint.Doc{
		Title: "The code sends HTTP requests over sockets",
		Text: "requests, httpx, urllib3, aiohttp, urllib.request and http.client open sockets and resolve " +
			"names, which the host refuses; https needs the module ssl besides, which this Python does " +
			"not have. The host sends requests itself, through wasi:http.",
		Bad: "requests.get(\"https://example.com/\")",
		Good: "from spin_sdk.http import Request, send\nsend(Request(\"GET\", \"https://example.com/\", " +
			"{}, None))",
	},
}, calls{
	names: []string{
		"urllib.request.urlopen", "urllib.request.urlretrieve", "urllib.request.URLopener",
		"urllib.request.FancyURLopener", "http.client.HTTPConnection", "http.client.HTTPSConnection",
	},
	packages: []string{"requests", "httpx", "aiohttp", "urllib3", "niquests", "httplib2", "pycurl", "treq", "urllib3_future"},
	verbs: []string{
		"get", "post", "put", "patch", "delete", "head", "options", "request", "stream", "urlopen",
		"Session", "session", "Client", "AsyncClient", "ClientSession", "PoolManager", "ProxyManager",
		"HTTPConnectionPool", "HTTPSConnectionPool", "HTTPTransport", "Http", "Curl", "connection_from_url",
	},
	raises: []string{
		"OSError", "IOError", "URLError", "HTTPException", "RequestException", "ConnectionError",
		"HTTPError", "LookupError",
	},
	message: "%s sends HTTP over a socket, which the host refuses",
	help:    useSend,
	unless:  func(_ *pyJudge, u *flow.Use) bool { return isException(u.Object) },
})

var eventLoop = callRule(lint.Rule{
	ID: "EL0418", Name: "own-event-loop", Severity: lint.Warning,
	Doc: lint.Doc{
		Title: "The code makes an event loop of its own",
		Text: "asyncio.run and asyncio.new_event_loop make a loop that wakes itself through a pair of " +
			"sockets: PermissionError unless the host allows sockets. The loop of the SDK needs none.",
		Bad:  "asyncio.run(fetch())",
		Good: "async def handle_request(self, request): return await fetch()    # spin-sdk 4 and later",
	},
}, calls{
	names: []string{
		"asyncio.run", "asyncio.runners.run", "asyncio.Runner", "asyncio.runners.Runner",
		"asyncio.new_event_loop", "asyncio.events.new_event_loop", "asyncio.SelectorEventLoop",
		"asyncio.selector_events.BaseSelectorEventLoop",
	},
	raises:  []string{"OSError", "IOError", "PermissionError"},
	message: "%s makes an event loop, which needs a pair of sockets",
	help: "make the handler async (spin-sdk 4 and later), or with spin-sdk 3 await inside " +
		"spin_sdk.http.poll_loop.PollLoop",
})
