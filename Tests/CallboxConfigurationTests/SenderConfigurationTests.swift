import Deliveries
import Providers
import Testing

@testable import CallboxConfiguration

@Suite("Senders and quarantine limits in a configuration file")
struct SenderConfigurationTests {
    private static func source(_ settings: String, name: String = "klavi") throws -> SourceSettings {
        try #require(try ConfigurationFile.parse("sources:\n  \(name): {\(settings)}", file: "c.yaml").sources.first)
    }

    private static func message(_ yaml: String) -> String? {
        #expect(throws: ConfigurationError.self) { try ConfigurationFile.parse(yaml, file: "c.yaml") }?.message
    }

    private static func message(source settings: String, name: String = "klavi") -> String? {
        message("sources:\n  \(name): {\(settings)}")
    }

    @Test("addresses and ranges are read in order")
    func ranges() throws {
        let policy = try Self.source(
            "allow-from: [18.230.43.17, 10.0.0.0/8, '2001:db8::/32']"
        ).senderPolicy
        #expect(
            policy.allowed
                == ["18.230.43.17", "10.0.0.0/8", "2001:db8::/32"].compactMap(AddressRange.init))
        #expect(policy.allowed.count == 3)
        #expect(!policy.acceptsUnsigned)
    }

    @Test("without allow-from, any address may send deliveries", arguments: ["", "allow-from: []", "allow-from: ~"])
    func anywhere(settings: String) throws {
        let policy = try Self.source(settings).senderPolicy
        #expect(policy.allowed.isEmpty)
    }

    @Test(
        "the error for an invalid address quotes the address",
        arguments: ["callbacks.example.com", "10.0.0.0/33", "10.0.0", "1.2.3.4/", "''"])
    func noAddress(text: String) {
        let shown = text == "''" ? "" : text
        #expect(
            Self.message(source: "allow-from: [\(text)]")
                == "c.yaml, line 2: sources.klavi.allow-from has '\(shown)', which is not an address such as 18.230.43.17 or 10.0.0.0/8"
        )
    }

    @Test("a single address instead of a list is rejected")
    func noList() {
        #expect(
            Self.message(source: "allow-from: 10.0.0.1")
                == "c.yaml, line 2: sources.klavi.allow-from must be a list")
    }

    @Test("accept-unsigned requires allow-from")
    func acceptUnsigned() throws {
        let policy = try Self.source("allow-from: [10.0.0.0/8], accept-unsigned: true").senderPolicy
        #expect(policy.acceptsUnsigned)
        for settings in ["accept-unsigned: true", "accept-unsigned: true, allow-from: []"] {
            #expect(
                Self.message(source: settings)
                    == "c.yaml, line 2: sources.klavi.accept-unsigned needs 'allow-from'; otherwise anyone could deliver"
            )
        }
        #expect(
            Self.message(source: "accept-unsigned: yes, allow-from: [10.0.0.1]")
                == "c.yaml, line 2: sources.klavi.accept-unsigned must be true or false, not 'yes'")
    }

    private static let fingerprint = String(repeating: "ab", count: 32)

    @Test("client certificates are read by their fingerprints")
    func certificates() throws {
        let tls = "tls: {certificate: a.pem, key: a.key, client-ca: ca.pem}"
        let source = "sources:\n  klavi: {client-certificates: ['\(Self.fingerprint.uppercased())']}"
        let read = try ConfigurationFile.parse("\(tls)\n\(source)", file: "c.yaml").sources.first
        #expect(read?.senderPolicy.certificates == [ClientCertificate(fingerprint: Self.fingerprint)])
        #expect(
            Self.message(source)
                == "c.yaml, line 2: sources.klavi.client-certificates needs 'tls.client-ca', the file with the CAs that sign client certificates"
        )
        #expect(
            Self.message(source: "client-certificates: [aa:bb]")
                == "c.yaml, line 2: sources.klavi.client-certificates has 'aa:bb', which is not a SHA-256 fingerprint")
        #expect(
            Self.message(source: "client-certificates: \(Self.fingerprint)")
                == "c.yaml, line 2: sources.klavi.client-certificates must be a list")
    }

    @Test("accept-compacted is allowed only for klavi and certificall")
    func acceptCompacted() throws {
        #expect(throws: Never.self) { try Self.source("accept-compacted: true") }
        #expect(throws: Never.self) { try Self.source("accept-compacted: false", name: "certificall") }
        for settings in [
            "provider: certn", "provider: ezid", "provider: generic, type: $.type", "provider: standard-webhooks",
        ] {
            #expect(
                Self.message(source: "\(settings), accept-compacted: true", name: "x")
                    == "c.yaml, line 2: sources.x.accept-compacted applies only to klavi and certificall; remove it"
            )
        }
        #expect(
            Self.message(source: "accept-compacted: maybe")
                == "c.yaml, line 2: sources.klavi.accept-compacted must be true or false, not 'maybe'")
    }

    @Test("each limit of the quarantine can be set independently")
    func quarantine() throws {
        func limits(_ text: String) throws -> QuarantineLimits {
            try ConfigurationFile.parse("quarantine: {\(text)}", file: "c.yaml").quarantine
        }
        var expected = QuarantineLimits()
        #expect(try limits("") == expected)
        expected.count = 0
        #expect(try limits("count: 0") == expected)
        expected.byteCount = 1 << 20
        #expect(try limits("count: 0, bytes: 1MiB") == expected)
        expected.age = .seconds(86_400)
        #expect(try limits("count: 0, bytes: 1MiB, age: 1d") == expected)
    }
}
