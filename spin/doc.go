// Package spin reads Spin's application manifest (spin.toml, versions 1 and 2) and
// its runtime configuration (runtime-config.toml) into typed values that know where
// they stand in the file, and knows the small languages inside: routes, variable
// templates and allowed outbound hosts.
//
//	m, err := spin.Parse("spin.toml", data)
//	if err != nil {
//		return err // every fault, with line and column
//	}
//	for _, c := range m.Components {
//		fmt.Println(c.ID, c.AllowedOutboundHosts)
//	}
//
// Keys that Spin does not know are faults, as they are to Spin; a mistyped one is
// told with the key that was probably meant.
package spin
