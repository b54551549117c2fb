import CallboxConfiguration
import Deliveries
import HTTPListener
import ReportIndex
import TestKit
import Testing

@testable import Diagnosis

@Suite("Findings about space, clock, limits and quarantine")
struct MachineFindingsTests {
    private static let day: Int64 = 86_400_000
    private static let gigabyte: Int64 = 1 << 30

    @Test("free space is assessed in bytes, and in days if the archive is older than a day")
    func space() {
        func state(_ free: Int64?, _ archived: (byteCount: Int64, milliseconds: Int64)? = nil) -> Finding.State {
            SpaceFindings.space(free: free, archived: archived).state
        }
        #expect(state(2 * Self.gigabyte) == .fine)
        #expect(state(Self.gigabyte / 2) == .warning)
        #expect(state(50 << 20) == .problem)
        #expect(state(nil) == .warning)
        #expect(state(2 * Self.gigabyte, (Self.gigabyte, Self.day)) == .problem)
        #expect(state(20 * Self.gigabyte, (Self.gigabyte, Self.day)) == .warning)
        #expect(state(20 * Self.gigabyte, (Self.gigabyte, 10 * Self.day)) == .fine)
        #expect(state(2 * Self.gigabyte, (Self.gigabyte, Self.day - 1)) == .fine)
        #expect(state(.max, (.max, .max)) == .fine)
        #expect(state(2 * Self.gigabyte, (1, -5)) == .fine)
        #expect(
            SpaceFindings.space(free: 20 * Self.gigabyte, archived: (Self.gigabyte, Self.day)).text
                == "20.0 GB free, enough for about 20 days at 1.0 GB a day")
    }

    @Test("a write-ahead log of unusual length causes a warning")
    func log() {
        #expect(SpaceFindings.log(byteCount: 8 << 20).state == .fine)
        #expect(SpaceFindings.log(byteCount: 65 << 20).state == .warning)
    }

    @Test("the times of arrivals reveal a clock that is slow or was set back")
    func clock() {
        func finding(_ delays: [Int64], _ last: Int64? = nil) -> Finding? {
            ClockFindings.arrivals(
                delays: delays, lastArrival: last.map { Timestamp.fixture.advanced(byMilliseconds: $0) }, now: .fixture)
        }
        #expect(finding([]) == nil)
        #expect(finding([-60_000, -60_000, -60_000, -60_000]) == nil)
        #expect(
            finding([-60_000, -60_000, -60_000, -60_000, 5])
                == .warning(
                    "clock",
                    "reports arrive 1 min before the provider's time: the clock may be slow",
                    advice: "Compare 'date -u' with another machine."))
        #expect(finding([-60_000, -60_000, 0, 0, 5]) == nil)
        #expect(finding([], -5) == nil)
        #expect(finding([], 59_000) == nil)
        #expect(finding([], 61_000)?.state == .problem)
    }

    @Test("an unsynchronised clock causes a warning")
    func kernel() {
        #expect(ClockFindings.kernel(isSynchronised: true).state == .fine)
        #expect(ClockFindings.kernel(isSynchronised: false).state == .warning)
        #expect(ClockFindings.kernel(isSynchronised: nil).state == .fine)
        #expect(ClockFindings.expired(0) == nil)
        #expect(ClockFindings.expired(2)?.state == .warning)
    }

    private static func limits(_ files: String, _ core: String) -> ServerFindings.Limits? {
        ServerFindings.Limits(
            """
            Limit                     Soft Limit           Hard Limit           Units
            Max core file size        \(core)                    unlimited            bytes
            Max open files            1024                 \(files)              files
            """)
    }

    @Test("process limits are read in the format of the kernel")
    func limits() throws {
        let limits = try #require(Self.limits("1024", "unlimited"))
        #expect(limits.openFiles == 1024)
        #expect(limits.coreBytes == nil)
        func states(_ limits: ServerFindings.Limits?) -> [Finding.State] {
            ServerFindings.findings(limits, whose: "it", connectionCount: 1024).map(\.state)
        }
        #expect(states(limits) == [.warning, .warning])
        #expect(states(Self.limits("1389", "0")) == [.fine, .fine])
        #expect(states(Self.limits("1388", "0")) == [.warning, .fine])
        #expect(states(Self.limits("unlimited", "4096")) == [.fine, .warning])
        #expect(Self.limits("many", "0") == nil)
        #expect(ServerFindings.Limits("") == nil)
        #expect(states(nil) == [.fine])
    }

    @Test("a certificate with less than 14 days left causes a warning, and an expired certificate is a problem")
    func certificate() {
        func finding(_ milliseconds: Int64) -> Finding {
            ListenerFindings.certificate(
                "a.pem", expiry: Timestamp.fixture.advanced(byMilliseconds: milliseconds), now: .fixture)
        }
        #expect(finding(14 * Self.day).state == .fine)
        #expect(finding(14 * Self.day - 1).state == .warning)
        #expect(finding(14 * Self.day - 1).text.hasPrefix("a.pem is valid for 13 days, until 2026-11-16T10:00:00"))
        #expect(finding(0).state == .warning)
        #expect(finding(-1).state == .problem)
    }

    @Test("the certificate of each listener is checked once")
    func certificates() {
        func advice(_ configuration: CallboxConfiguration) -> [String?] {
            ListenerFindings.findings(configuration, now: .fixture).filter { $0.topic == "certificate" }.map(\.advice)
        }
        var configuration = CallboxConfiguration()
        configuration.replication.tls = TLSSettings(certificateFile: "/missing/b.pem", keyFile: "/missing/b.key")
        #expect(advice(configuration).isEmpty)
        configuration.replication.listen = ListenSetting(host: "0.0.0.0", port: 8789)
        #expect(advice(configuration) == ["Correct 'replication.tls' or the file."])
        configuration.tls = TLSSettings(certificateFile: "/missing/a.pem", keyFile: "/missing/a.key")
        #expect(advice(configuration) == ["Correct 'tls' or the file.", "Correct 'replication.tls' or the file."])
        configuration.replication.tls = configuration.tls
        #expect(advice(configuration) == ["Correct 'tls' or the file."])
    }

    @Test("a listener on loopback has a finding about trusted proxies")
    func proxies() {
        var configuration = CallboxConfiguration()
        #expect(ListenerFindings.proxies(configuration)?.text.hasPrefix("none trusted") == true)
        configuration.trustedProxies = TrustedProxies([AddressRange("127.0.0.1")].compactMap { $0 })
        #expect(ListenerFindings.proxies(configuration)?.text == "1 trusted address")
        configuration.listen.host = "0.0.0.0"
        #expect(ListenerFindings.proxies(configuration) == nil)
    }

    @Test("a quarantine counts as nearly full from 80 %")
    func quarantine() {
        var limits = QuarantineLimits()
        limits.count = 10
        limits.byteCount = 1000
        func state(_ count: Int64, _ byteCount: Int64) -> Finding.State {
            ArchiveFindings.quarantine(count: count, byteCount: byteCount, limits: limits).state
        }
        #expect(state(0, 0) == .fine)
        #expect(state(7, 799) == .fine)
        #expect(state(8, 0) == .warning)
        #expect(state(1, 800) == .warning)
    }

    @Test("an SQLite version that lacks a feature is a problem, and an old version gets a remark")
    func sqlite() {
        #expect(ArchiveFindings.sqlite(SQLiteBuild(version: "3.60.0", number: 3_060_000, lacks: [])).text == "3.60.0")
        #expect(ArchiveFindings.sqlite(SQLiteBuild(version: "3.45.1", number: 3_045_001, lacks: [])).text != "3.45.1")
        #expect(ArchiveFindings.sqlite(SQLiteBuild(version: "3", number: 3, lacks: ["threads"])).state == .problem)
        #expect(SQLiteBuild().lacks.isEmpty)
    }

    @Test("each source is listed with its latest arrival")
    func arrivals() {
        let last = ["a": Timestamp.fixture.advanced(byMilliseconds: -7_200_000)]
        let found = ArchiveFindings.lastArrivals(["a", "b"], last: last, now: .fixture)
        #expect(found.map(\.text) == ["a delivered 2 h ago", "b has not delivered yet"])
        #expect(ArchiveFindings.lag(0).text == "all entries are indexed")
        #expect(ArchiveFindings.lag(1001).state == .warning)
    }
}
