import CallboxConfiguration
import Deliveries
import Replication
import TestKit
import Testing

@testable import Diagnosis

@Suite("Findings about replication")
struct ReplicationFindingsTests {
    private static func primary(
        acknowledgesAfter: String = "commit", _ status: ReplicationStatus?
    ) throws -> [Finding] {
        let yaml = """
            replication:
              listen: 127.0.0.1:8789
              token: {env: TOKEN}
              acknowledge-after: \(acknowledgesAfter)
            """
        return ReplicationFindings.primary(
            try ConfigurationFile.parse(yaml, file: "callbox.yaml").replication, status)
    }

    private static func status(_ followers: [ReplicationStatus.Follower]?) -> ReplicationStatus {
        var status = ReplicationStatus()
        status.followers = followers
        return status
    }

    private static let near = ReplicationStatus.Follower(
        node: "near", lagCount: 0, quietMilliseconds: 9000, isConnected: true)
    private static let gone = ReplicationStatus.Follower(
        node: "gone", lagCount: 12, quietMilliseconds: 7_200_000, isConnected: false)

    @Test("each follower is listed with its lag, and with the last contact if it is not connected")
    func followers() throws {
        let findings = try Self.primary(Self.status([Self.near, Self.gone]))
        #expect(findings.map(\.state) == [.fine, .warning])
        #expect(findings[0].text == "follower near is connected and has all entries")
        #expect(findings[1].text.hasPrefix("follower gone lacks 12 entries and was last seen "))
    }

    @Test("it is a problem if a primary waits for followers and no follower is connected")
    func waiting() throws {
        for followers in [[], [Self.gone]] {
            let findings = try Self.primary(acknowledgesAfter: "follower", Self.status(followers))
            #expect(findings.first?.state == .problem)
            #expect(findings.first?.text.contains("deliveries get 503") == true)
            #expect(findings.count == followers.count + 1)
        }
        #expect(
            try Self.primary(acknowledgesAfter: "follower", Self.status([Self.gone, Self.near])).map(\.state)
                == [.warning, .fine])
        #expect(try Self.primary(Self.status([])).map(\.state) == [.warning])
    }

    @Test("a primary without a listener causes a warning, and a superseded primary is a problem")
    func others() throws {
        #expect(try Self.primary(nil).map(\.state) == [.fine])
        #expect(try Self.primary(Self.status(nil)).map(\.state) == [.warning])
        var superseded = Self.status([Self.near])
        superseded.isSuperseded = true
        #expect(try Self.primary(superseded).map(\.state) == [.problem])
        #expect(ReplicationFindings.primary(ReplicationSettings(), superseded).isEmpty)
    }

    @Test("a copy reports its age, its last verified entry, and whether the primary is reachable")
    func copy() {
        func finding(_ copy: ReplicationStatus.Copy?) -> Finding {
            var status = ReplicationStatus()
            status.copy = copy
            let now = Timestamp.fixture.advanced(byMilliseconds: 3_600_000)
            return ReplicationFindings.copy(position: 40, lastRecordedAt: .fixture, status, now: now)
        }
        let current = finding(.init(primaryPosition: 40, isConnected: true, problem: nil))
        #expect(current.state == .fine)
        #expect(
            current.text.hasPrefix(
                "the primary is reachable, chain verified up to entry 40, recorded "))
        let behind = finding(.init(primaryPosition: 42, isConnected: true, problem: nil))
        #expect(behind.state == .fine && behind.text.contains("2 entries are not copied yet"))
        let away = finding(.init(primaryPosition: 40, isConnected: false, problem: nil))
        #expect(away.state == .problem && away.text.hasPrefix("the primary is not reachable"))
        let ended = finding(.init(primaryPosition: 40, isConnected: false, problem: "it differs"))
        #expect(ended.state == .problem && ended.text.hasPrefix("copying ended: it differs"))
        #expect(finding(nil).state == .warning)
    }
}
