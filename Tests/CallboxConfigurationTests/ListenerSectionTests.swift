import Deliveries
import HTTPListener
import Testing

@testable import CallboxConfiguration

@Suite struct ListenerSectionTests {
    private static func parse(_ text: String) throws -> CallboxConfiguration {
        try ConfigurationFile.parse(text, file: "/etc/callbox/callbox.yaml")
    }

    @Test("every limit has its own key")
    func limits() throws {
        let configuration = try Self.parse(
            """
            limits: {handshake-timeout: 1s, header-timeout: 2s, request-deadline: 3s, body-rate-grace: 4s,
              response-timeout: 5s, send-timeout: 6s, idle-timeout: 7s, linger-time: 8s, header-bytes: 9,
              header-line-bytes: 11, target-bytes: 10, body-rate: 12, buffered-bodies: 13KiB, pending-output: 14,
              linger-bytes: 15, header-lines: 16, requests-per-connection: 17, connections: 18,
              connections-per-address: 19, reserved-connections: 20, proved-addresses: 21, shutdown-grace: 22s}
            """)
        var expected = ListenerLimits()
        expected.handshakeTimeout = .seconds(1)
        expected.headerTimeout = .seconds(2)
        expected.requestDeadline = .seconds(3)
        expected.bodyRateGrace = .seconds(4)
        expected.responseTimeout = .seconds(5)
        expected.sendTimeout = .seconds(6)
        expected.idleTimeout = .seconds(7)
        expected.lingerTime = .seconds(8)
        expected.headerByteCount = 9
        expected.headerFieldByteCount = 11
        expected.targetByteCount = 10
        expected.bodyByteRate = 12
        expected.bufferedBodyByteCount = 13 * 1024
        expected.pendingOutputByteCount = 14
        expected.lingerByteCount = 15
        expected.headerFieldCount = 16
        expected.requestsPerConnection = 17
        expected.connectionCount = 18
        expected.connectionsPerAddress = 19
        expected.reservedConnectionCount = 20
        expected.provedAddressCount = 21
        #expect(configuration.limits == expected)
        #expect(configuration.shutdownGrace == .seconds(22))
    }

    @Test("the limit of a target cannot exceed the parser's limit of a header line")
    func longTarget() {
        #expect(throws: ConfigurationError.self) { try Self.parse("limits: {target-bytes: 17KiB}") }
        #expect(throws: Never.self) { try Self.parse("limits: {target-bytes: 17KiB, header-line-bytes: 17KiB}") }
    }

    @Test("trusted proxies have addresses and a header that names the client")
    func proxies() throws {
        let ranges = ["10.0.0.0/8", "::1"].compactMap { AddressRange($0) }
        #expect(
            try Self.parse("trusted-proxies: {addresses: [10.0.0.0/8, '::1']}").trustedProxies
                == TrustedProxies(ranges, announcement: .xForwardedFor))
        for (text, announcement) in [
            ("x-forwarded-for", TrustedProxies.Announcement.xForwardedFor), ("Forwarded", .forwarded),
            ("proxy-protocol", .proxyProtocol),
        ] {
            let configuration = try Self.parse("trusted-proxies: {addresses: [10.0.0.0/8, '::1'], header: \(text)}")
            #expect(configuration.trustedProxies == TrustedProxies(ranges, announcement: announcement))
        }
        #expect(try Self.parse("trusted-proxies: {}").trustedProxies == TrustedProxies())
    }

    @Test("paths of TLS files are relative to the folder of the configuration file")
    func tls() throws {
        #expect(try Self.parse("").tls == nil)
        var expected = TLSSettings(certificateFile: "/etc/callbox/a.pem", keyFile: "/run/b.pem")
        #expect(try Self.parse("tls: {certificate: a.pem, key: /run/b.pem}").tls == expected)
        expected.clientAuthorityFile = "/etc/callbox/c.pem"
        #expect(try Self.parse("tls: {certificate: a.pem, key: /run/b.pem, client-ca: c.pem}").tls == expected)
        expected.clientCertificates = .optional
        let optional = "tls: {certificate: a.pem, key: /run/b.pem, client-ca: c.pem, client-certificate: optional}"
        #expect(try Self.parse(optional).tls == expected)
    }
}
