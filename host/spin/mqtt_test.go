package spin

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"github.com/edgelint/edgelint/internal/servicetest"
)

// listenMQTT receives the messages of a topic.
func listenMQTT(t *testing.T, address, topic string) <-chan mqtt.Message {
	t.Helper()
	messages := make(chan mqtt.Message, 100)
	client := mqtt.NewClient(mqtt.NewClientOptions().AddBroker(strings.Replace(address, "mqtt:", "tcp:", 1)).
		SetClientID("listener").SetUsername(servicetest.User).SetPassword(servicetest.Password))
	for _, step := range []func() mqtt.Token{client.Connect, func() mqtt.Token {
		return client.Subscribe(topic, 2, func(_ mqtt.Client, m mqtt.Message) { messages <- m })
	}} {
		if token := step(); token.Wait() && token.Error() != nil {
			t.Fatal(token.Error())
		}
	}
	t.Cleanup(func() { client.Disconnect(0) })
	return messages
}

func openMQTT(t *testing.T, s *services, address, password string) *mqttConnection {
	t.Helper()
	ctx, gate := inInstance(t)
	result, err := s.openMQTT(ctx, gate, address, servicetest.User, password, 30)
	if err != nil || result.IsErr {
		t.Fatalf("%s: %+v, %v", address, result.Err, err)
	}
	t.Cleanup(result.Ok.close)
	return result.Ok
}

func TestMQTT(t *testing.T) {
	t.Parallel()
	address := servicetest.Mosquitto(t)
	s, _ := servicesOf(t, &denials{}, templated(t, address))
	t.Run("messages arrive", func(t *testing.T) {
		messages := listenMQTT(t, address, "telemetry")
		c := openMQTT(t, s, address+"?client_id=one", servicetest.Password)
		for qos := range uint8(3) {
			if err := c.publish(t.Context(), "telemetry", []byte{qos, 0xff}, qos); err != nil {
				t.Fatalf("quality %d: %+v", qos, err)
			}
			m := <-messages
			if m.Qos() != qos || string(m.Payload()) != string([]byte{qos, 0xff}) || m.Retained() {
				t.Errorf("quality %d: %d, %q", qos, m.Qos(), m.Payload())
			}
		}
	})
	t.Run("a broken connection is made anew", func(t *testing.T) {
		c := openMQTT(t, s, address+"?client_id=two", servicetest.Password)
		other := openMQTT(t, s, address+"?client_id=two", servicetest.Password)
		for _, c := range []*mqttConnection{c, other, c} { // the broker ends the older one of two with one id
			if err := c.publish(t.Context(), "x", nil, 1); err != nil && err.Case != mqttConnectionFailed {
				t.Fatalf("%+v", err)
			}
		}
		for range 100 { // that may come after a message that was lost by it
			if c.publish(t.Context(), "x", nil, 1) == nil {
				return
			}
		}
		t.Error("it stays broken")
	})
	t.Run("several messages at once", func(t *testing.T) {
		c := openMQTT(t, s, address+"?client_id=three&clean_session=true", servicetest.Password)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := c.publish(t.Context(), "many", []byte("x"), 2); err != nil {
					t.Errorf("%+v", err)
				}
			})
		}
		wg.Wait()
	})
	t.Run("errors", func(t *testing.T) { testMQTTErrors(t, s, address) })
}

func testMQTTErrors(t *testing.T, s *services, address string) {
	ctx, gate := inInstance(t)
	for address, want := range map[string]mqttError{
		"mqtt://127.0.0.1:1?client_id=x": {
			Case: mqttConnectionFailed, ConnectionFailed: "address mqtt://127.0.0.1:1?client_id=x is not permitted",
		},
		"nonsense":                       {Case: mqttConnectionFailed, ConnectionFailed: "address nonsense is not permitted"},
		address:                          {Case: mqttInvalidAddress},
		address + "?client_id=x&other=1": {Case: mqttInvalidAddress},
		address + "?client_id=x&clean_session=maybe": {Case: mqttInvalidAddress},
	} {
		if result, err := s.openMQTT(ctx, gate, address, "", "", 30); err != nil || !result.IsErr || result.Err != want {
			t.Errorf("%s: %+v, %v", address, result, err)
		}
	}
	wrong := openMQTT(t, s, address+"?client_id=x", "wrong")
	if err := wrong.publish(ctx, "x", nil, 0); err == nil || err.Case != mqttConnectionFailed ||
		!strings.Contains(strings.ToLower(err.ConnectionFailed), "not authorized") {
		t.Errorf("a wrong password: %+v", err)
	}
	c := openMQTT(t, s, address+"?client_id=x", servicetest.Password)
	for _, topic := range []string{"", "a/#", "+"} {
		if err := c.publish(ctx, topic, nil, 0); err == nil || err.Case != mqttOther {
			t.Errorf("topic %q: %+v", topic, err)
		}
	}
	three := 3
	c.max = &three
	if err := c.publish(ctx, "x", []byte("1234"), 0); err == nil ||
		err.Other != "payload size 4 exceeds the maximum allowed size of 3 bytes" {
		t.Errorf("a payload that is too large: %+v", err)
	}
	testMQTTPackets(t, s, address)
	canceled, cancel := context.WithTimeout(ctx, time.Nanosecond)
	defer cancel()
	if err := c.publish(canceled, "x", nil, 1); err == nil || !strings.Contains(err.ConnectionFailed, "deadline") {
		t.Errorf("a call without time: %+v", err)
	}
}

func testMQTTPackets(t *testing.T, s *services, address string) {
	messages := listenMQTT(t, address, "packets")
	for options, max := range map[string]int{
		"":                                      defaultMQTTOutgoing,
		"&max_outgoing_packet_size_bytes=16000": defaultMQTTOutgoing, // Spin wants both
		"&max_incoming_packet_size_bytes=1&max_outgoing_packet_size_bytes=16000":                          16000,
		"&inflight_num=1&request_channel_capacity_num=1&max_request_batch_num=1&pending_throttle_usecs=1": defaultMQTTOutgoing,
	} {
		c := openMQTT(t, s, address+"?client_id=packets"+options, servicetest.Password)
		largest := make([]byte, max-len("packets")-2-2-3) // without the topic, its length, a number and the header
		if err := c.publish(t.Context(), "packets", append(largest, 0), 1); err == nil ||
			!strings.Contains(err.ConnectionFailed, "put max_outgoing_packet_size_bytes and") {
			t.Errorf("%q: a byte too much: %+v", options, err)
		}
		if err := c.publish(t.Context(), "packets", largest, 1); err != nil {
			t.Errorf("%q: %+v", options, err)
		} else if m := <-messages; len(m.Payload()) != len(largest) {
			t.Errorf("%q: %d bytes arrive", options, len(m.Payload()))
		}
	}
	for _, options := range []string{"&inflight_num=x", "&inflight_messages=1"} {
		ctx, gate := inInstance(t)
		result, err := s.openMQTT(ctx, gate, address+"?client_id=x"+options, "", "", 30)
		if err != nil || !result.IsErr || result.Err.Case != mqttInvalidAddress {
			t.Errorf("%q: %+v, %v", options, result, err)
		}
	}
}
