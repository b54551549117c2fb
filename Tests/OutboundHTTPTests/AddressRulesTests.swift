import Deliveries
import OutboundHTTP
import Testing

@Suite("Address rules")
struct AddressRulesTests {
    private static func rejection(_ text: String, _ rules: AddressRules = .named) throws -> AddressRules.Rejection? {
        rules.rejection(of: try #require(NetworkAddress(text), "\(text)"))
    }

    @Test(
        "public addresses and addresses of this machine are allowed",
        arguments: [
            "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1", "169.253.255.255",
            "169.255.0.1", "223.255.255.255", "2606:4700::1", "fe00::1", "127.0.0.1", "127.255.255.254", "::1",
            "::ffff:127.0.0.1", "64:ff9b::808:808", "2002:808:808::1",
        ])
    func allowed(text: String) throws {
        #expect(try Self.rejection(text) == nil)
    }

    @Test(
        "private addresses are allowed only with --allow-private",
        arguments: [
            "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
            "100.127.255.255", "fc00::1", "fd12:3456::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:c0a8:1::1",
            // A Teredo address contains 192.168.1.1 with inverted bits.
            "2001:0:1:2:3:4:3f57:fefe",
        ])
    func privateAddresses(text: String) throws {
        #expect(try Self.rejection(text) == .private)
        #expect(try Self.rejection(text, AddressRules(allowsPrivate: true)) == nil)
        #expect(try Self.rejection(text, .publicOnly) == .private)
    }

    @Test(
        "link-local, metadata and other special addresses are never allowed, in any form",
        arguments: [
            ("169.254.169.254", AddressRules.Rejection.linkLocal), ("169.254.0.1", .linkLocal), ("fe80::1", .linkLocal),
            ("febf::1", .linkLocal), ("::ffff:169.254.169.254", .linkLocal), ("::ffff:a9fe:a9fe", .linkLocal),
            ("64:ff9b::a9fe:a9fe", .linkLocal), ("2002:a9fe:a9fe::", .linkLocal), ("::169.254.169.254", .linkLocal),
            ("::ffff:0:169.254.169.254", .linkLocal), ("2001:0:1:2:3:4:5601:5601", .linkLocal),
            ("fd00:ec2::254", .metadata), ("fd00:ec2::23", .metadata), ("fd20:ce::254", .metadata),
            ("100.100.100.200", .metadata), ("168.63.129.16", .metadata), ("192.0.0.192", .metadata),
            ("0.0.0.0", .reserved), ("0.1.2.3", .reserved), ("::", .reserved), ("255.255.255.255", .reserved),
            ("224.0.0.1", .reserved), ("240.0.0.1", .reserved), ("ff02::1", .reserved), ("::ffff:0.0.0.0", .reserved),
            ("64:ff9b::7f00:1", .reserved), ("2002:7f00:1::", .reserved), ("64:ff9b:1::1", .reserved),
        ])
    func never(text: String, rejection: AddressRules.Rejection) throws {
        for rules in [AddressRules.named, .configured, .publicOnly] {
            #expect(try Self.rejection(text, rules) == rejection)
        }
    }

    @Test("a URL in a response must not point to this machine", arguments: ["127.0.0.1", "::1"])
    func publicOnly(text: String) throws {
        #expect(try Self.rejection(text, .publicOnly) == .loopback)
    }

    @Test(
        "an address is unchanged after writing and parsing",
        arguments: ["127.0.0.1", "255.0.10.1", "::1", "2001:db8::a:0:1"])
    func texts(text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(NetworkAddress(address.text) == address)
    }
}
