import Deliveries
import Testing

@Suite("Network addresses")
struct NetworkAddressTests {
    @Test(
        "all notations of an address are equal",
        arguments: [
            ("18.230.43.17", "::ffff:18.230.43.17"), ("18.230.43.17", "::FFFF:12e6:2b11"),
            ("0.0.0.0", "0:0:0:0:0:ffff:0:0"), ("2001:db8::1", "2001:0DB8:0:0:0:0:0:1"), ("::", "0:0:0:0:0:0:0:0"),
            ("::1", "0::0:1"), ("1::", "1:0:0:0:0:0:0:0"), ("64:ff9b::1.2.3.4", "64:ff9b::102:304"),
            ("255.255.255.255", "::ffff:ffff:ffff"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
        ])
    func equal(_ left: String, _ right: String) throws {
        #expect(try #require(NetworkAddress(left)) == #require(NetworkAddress(right)))
    }

    @Test("::1.2.3.4 and 1.2.3.4 are different addresses")
    func compatible() {
        #expect(NetworkAddress("::1.2.3.4") != NetworkAddress("1.2.3.4"))
    }

    @Test("the subnet is an IPv4 address, or the /64 of an IPv6 address")
    func subnet() throws {
        func subnet(_ text: String) throws -> UInt64 { try #require(NetworkAddress(text)).subnet }
        #expect(try subnet("2001:db8:1:2::1") == subnet("2001:db8:1:2:ffff::9"))
        #expect(try subnet("2001:db8:1:2::1") != subnet("2001:db8:1:3::1"))
        #expect(try subnet("192.0.2.1") == subnet("::ffff:192.0.2.1"))
        #expect(try subnet("192.0.2.1") != subnet("192.0.2.2"))
        #expect(try subnet("192.0.2.1") != subnet("::1"))
    }

    static let junk = [
        "", " ", ".", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.-4",
        "1.2.3.+4", "01.2.3.4", "1.2.3.00", "1.2.3.0004", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4:80", "0x1.2.3.4",
        "１.2.3.4", "1.2.3.4\0", "localhost", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::g",
        "::+1", "::-0", "::-1", "1:", ":1", "::1:", ":::1", "[::1]", "::1%eth0", "1.2.3.4::", "1.2.3.4::1",
        "::1.2.3.4:5", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:6:7:8::", "::e\u{301}", "fe80::1/64",
        String(repeating: "0:", count: 1000), String(repeating: ":", count: 100_000),
    ]

    @Test("malformed addresses, ports, zones and host names are rejected", arguments: junk)
    func rejected(_ text: String) {
        #expect(NetworkAddress(text) == nil)
    }
}

@Suite("Address ranges")
struct AddressRangeTests {
    @Test(
        "a range contains the addresses with the same leading bits",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.0.0.0/8", "9.0.0.0", false),
            ("10.9.9.9/8", "10.0.0.1", true), ("0.0.0.0/0", "255.0.0.1", true), ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "1.2.3.4", true), ("::/0", "2001:db8::1", true), ("192.0.2.128/25", "192.0.2.128", true),
            ("192.0.2.128/25", "192.0.2.127", false), ("192.0.2.1/32", "192.0.2.1", true),
            ("192.0.2.1/32", "192.0.2.0", false), ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false), ("::ffff:192.0.2.0/120", "192.0.2.9", true),
            ("2001:db8::/33", "2001:db8:7fff::", true), ("2001:db8::/33", "2001:db8:8000::", false),
            ("2001:db8::1/128", "2001:db8::1", true), ("2001:db8::1/127", "2001:db8::", true),
            ("2001:db8::1/127", "2001:db8::2", false),
        ])
    func contains(_ range: String, _ address: String, _ isIn: Bool) throws {
        let range = try #require(AddressRange(range))
        #expect(try range.contains(#require(NetworkAddress(address))) == isIn)
    }

    @Test(
        "malformed addresses and prefix lengths are rejected",
        arguments: [
            "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/ 8",
            "10.0.0.0/0008", "10.0.0.0/255.0.0.0", "::/129", "::/999999999999999999999", "10.0.0/8", "host/8",
            "10.0.0.0 /8", "*",
        ] + NetworkAddressTests.junk.filter { $0 != "fe80::1/64" })
    func rejected(_ text: String) {
        #expect(AddressRange(text) == nil)
    }
}
