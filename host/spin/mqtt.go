package spin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"github.com/edgelint/edgelint/host/bind"
)

// mqttPorts are the schemes of MQTT URLs.
var mqttPorts = map[string]uint16{"mqtt": 1883, "tcp": 1883, "mqtts": 8883, "ssl": 8883}

// mqttQuiesce is how long a connection that is closed waits for its last packets.
const mqttQuiesce = 100 * time.Millisecond

// mqttConnection is the resource connection of the mqtt interfaces. It is opened
// by the first message, and anew by the first one after it broke.
type mqttConnection struct {
	opts       *mqtt.ClientOptions
	client     mqtt.Client // nil before the first message
	turn       turn        // of connecting
	connecting context.Context
	max        *int // of a payload, in bytes; nil is no limit
	maxPacket  int  // of a message with its topic, in bytes
	leave      func()
}

// newMQTT makes a connection to an address such as
// mqtt://example.com:1883?client_id=me.
func (s *services) newMQTT(u *url.URL, d destination, user, password string, keepAlive uint64) (*mqttConnection, error) {
	opts, maxPacket, err := mqttOptions(u)
	if err != nil {
		return nil, err
	}
	c := &mqttConnection{opts: opts, turn: newTurn(), max: s.grants.app.limits.payload, maxPacket: maxPacket}
	opts.SetUsername(user).SetPassword(password)
	opts.SetKeepAlive(time.Duration(min(keepAlive, math.MaxUint16)) * time.Second)
	opts.AddBroker("tcp://" + d.hostport())
	dial := s.dial
	if d.scheme == "mqtts" || d.scheme == "ssl" {
		dial = s.dialTLS
	}
	opts.SetCustomOpenConnectionFn(func(*url.URL, mqtt.ClientOptions) (net.Conn, error) {
		conn, err := dial(c.connecting, "tcp", d.hostport())
		if err != nil {
			return nil, err
		}
		h := &headed{size: mqttHeaderSize, start: new(mqttPackets).start}
		return &wholeConn{conn, wholeReader{r: conn, follow: h.follow}}, nil
	})
	return c, nil
}

// Limits of what a broker sends. Nobody subscribes to anything, but with
// clean_session=false others may have.
const (
	mqttHeaderSize    = 2 // at least; up to four bytes of it are a length
	maxMQTTHeaderSize = 5
	maxMQTTPacket     = 1 << 20
	maxMQTTMessages   = 16 << 20 // bytes of all messages on a connection
	mqttPublish       = 3        // the type of packets with messages
)

var errMQTTPacket = errors.New("the broker sent more, or in another form, than a client that only publishes takes")

// mqttPackets follows the packets of a broker. The client keeps messages.
type mqttPackets struct{ messages int }

func (m *mqttPackets) start(header []byte) (length int, err error) {
	for i, b := range header[1:] {
		length |= int(b&0x7f) << (7 * i)
	}
	switch more := header[len(header)-1] >= 0x80; {
	case more && len(header) < maxMQTTHeaderSize:
		return moreHeader, nil
	case more || length > maxMQTTPacket:
		return 0, errMQTTPacket
	}
	if header[0]>>4 == mqttPublish {
		m.messages += length + len(header)
	}
	if m.messages > maxMQTTMessages {
		return 0, errMQTTPacket
	}
	return length, nil
}

// Options of an address that say how large packets may be. Spin's client takes them
// together only.
const (
	mqttMaxIncoming = "max_incoming_packet_size_bytes"
	mqttMaxOutgoing = "max_outgoing_packet_size_bytes"

	defaultMQTTOutgoing = 10 << 10
)

// mqttOptions are the options that the query of an address sets: those of Spin's
// client, with the largest packet that is sent.
func mqttOptions(u *url.URL) (opts *mqtt.ClientOptions, maxPacket int, err error) {
	opts = mqtt.NewClientOptions().SetProtocolVersion(4).SetAutoReconnect(false).SetConnectRetry(false)
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, 0, err
	}
	numbers := map[string]int{}
	for key, values := range query {
		switch key {
		case "client_id":
			opts.SetClientID(values[0])
		case "clean_session":
			clean, err := strconv.ParseBool(values[0])
			if err != nil {
				return nil, 0, fmt.Errorf("the option %s is neither true nor false", key)
			}
			opts.SetCleanSession(clean)
		case mqttMaxIncoming, mqttMaxOutgoing, "keep_alive_secs", "request_channel_capacity_num", "max_request_batch_num",
			"pending_throttle_usecs", "inflight_num": // all but the first two tune Spin's client
			n, err := strconv.ParseUint(values[0], 10, 31)
			if err != nil {
				return nil, 0, fmt.Errorf("the option %s is no number", key)
			}
			numbers[key] = int(n)
		default:
			return nil, 0, fmt.Errorf("unknown option %s", key)
		}
	}
	if opts.ClientID == "" {
		return nil, 0, errors.New("the address has no client_id")
	}
	maxPacket = defaultMQTTOutgoing
	if _, both := numbers[mqttMaxIncoming]; both && numbers[mqttMaxOutgoing] > 0 {
		maxPacket = numbers[mqttMaxOutgoing]
	}
	return opts, maxPacket, nil
}

// mqttPacketSize is how large the packet of a message is (MQTT 3.1.1, 3.3).
func mqttPacketSize(topic string, payload []byte, qos uint8) int {
	n := 2 + len(topic) + len(payload)
	if qos > 0 {
		n += 2 // a number to confirm it by
	}
	size := 2 + n
	for n >>= 7; n > 0; n >>= 7 {
		size++
	}
	return size
}

// connect is a client with a connection. One that lost its connection is of no use for
// a while, so that there is a new one for each.
func (c *mqttConnection) connect(ctx context.Context) (mqtt.Client, error) {
	if err := c.turn.take(ctx); err != nil {
		return nil, err
	}
	defer c.turn.pass()
	if c.client != nil && c.client.IsConnectionOpen() {
		return c.client, nil
	}
	client := mqtt.NewClient(c.opts)
	c.connecting = ctx
	if err := await(ctx, client.Connect()); err != nil {
		client.Disconnect(0)
		return nil, err
	}
	c.client = client
	return client, nil
}

// await waits for what the client does in the background.
func await(ctx context.Context, t mqtt.Token) error {
	select {
	case <-t.Done():
		return t.Error()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// publish sends a message, and waits until it is sent or, with a higher quality of
// service, until the broker has it.
func (c *mqttConnection) publish(ctx context.Context, topic string, payload []byte, qos uint8) *mqttError {
	if c.max != nil && len(payload) > *c.max {
		return &mqttError{Case: mqttOther, Other: fmt.Sprintf(
			"payload size %d exceeds the maximum allowed size of %d bytes", len(payload), *c.max)}
	}
	if topic == "" || strings.ContainsAny(topic, "+#") {
		return &mqttError{Case: mqttOther, Other: fmt.Sprintf("%q is no topic to publish to", topic)}
	}
	if size := mqttPacketSize(topic, payload, qos); size > c.maxPacket {
		return &mqttError{Case: mqttConnectionFailed, ConnectionFailed: fmt.Sprintf("cannot send a packet of %d bytes, "+
			"as Spin sends up to %d: put %s and %s into the address", size, c.maxPacket, mqttMaxOutgoing, mqttMaxIncoming)}
	}
	client, err := c.connect(ctx)
	if err == nil {
		err = await(ctx, client.Publish(topic, qos, false, payload))
	}
	if err != nil {
		return &mqttError{Case: mqttConnectionFailed, ConnectionFailed: err.Error()}
	}
	return nil
}

func (c *mqttConnection) close() {
	if c.client != nil && c.client.IsConnectionOpen() {
		go c.client.Disconnect(uint(mqttQuiesce.Milliseconds())) // the component does not wait for it
	}
	c.leave()
}

// mqttError is the variant error of the mqtt interfaces.
type mqttError struct {
	Case             uint8 // 0 invalid-address, 1 too-many-connections, 2 connection-failed, 3 other
	ConnectionFailed string
	Other            string
}

const (
	mqttInvalidAddress = iota
	mqttTooMany
	mqttConnectionFailed
	mqttOther
)

// openMQTT makes a connection that the manifest grants.
func (s *services) openMQTT(
	ctx context.Context, gate *gate, address, user, password string, keepAlive uint64,
) (bind.Result[*mqttConnection, mqttError], error) {
	u, d, err := parseAddress(address, mqttPorts)
	if err != nil || !s.permits(d) {
		return bind.Err[*mqttConnection](mqttError{
			Case: mqttConnectionFailed, ConnectionFailed: "address " + address + " is not permitted",
		}), nil
	}
	c, err := s.newMQTT(u, d, user, password, keepAlive)
	if err != nil {
		return bind.Err[*mqttConnection](mqttError{Case: mqttInvalidAddress}), nil
	}
	if c.leave, err = gate.enter(ctx); err != nil {
		return bind.Err[*mqttConnection](mqttError{Case: mqttTooMany}), nil
	}
	return bind.Ok[mqttError](c), nil
}

func (s *services) addMQTT(imports *bind.Imports) {
	gate := s.newGate(imports, s.grants.app.limits.mqtt)
	for _, name := range []string{"fermyon:spin/mqtt@2.0.0", "spin:mqtt/mqtt@3.0.0"} {
		i := imports.Interface(name)
		bind.Resource(i, "connection", func(_ context.Context, c *mqttConnection) error {
			c.close()
			return nil
		})
		i.Func("[static]connection.open", bind.Func4(func(
			ctx context.Context, address, user, password string, keepAlive uint64,
		) (bind.Result[*mqttConnection, mqttError], error) {
			return s.openMQTT(ctx, gate, address, user, password, keepAlive)
		}))
		i.Func("[method]connection.publish", bind.Func4(func(
			ctx context.Context, c *mqttConnection, topic string, payload []byte, qos uint8,
		) (bind.Result[bind.Unit, mqttError], error) {
			if err := c.publish(ctx, topic, payload, qos); err != nil {
				return bind.Err[bind.Unit](*err), nil
			}
			return bind.Ok[mqttError](bind.Unit{}), nil
		}))
	}
}
