import ArchiveTestKit
import Deliveries
import Journal
import TestKit
import Testing

@testable import Replication

@Suite("Acknowledgement after a follower has the entry", .offPool)
struct AcknowledgementTests {
    private func position(_ writer: JournalWriter) async throws -> Int64 {
        try #require(await writer.outcome(of: .fixture()).id)
    }

    @Test("a commit waits until a follower requests the entries after it; sending the entry is not enough")
    func waits() async throws {
        try await withTwo { one, other in
            try await Primary.with(one) { primary in
                let outcome = Pending<Bool?>(nil)
                let position = try await position(one)
                primary.source.waitForFollower(of: position) { isFollowed in outcome.change { $0 = isFollowed } }
                var copy = primary.copy(into: other)
                let step = try await copy.step(waitSeconds: 0)
                #expect(step.position == position)
                #expect(outcome.value == nil && primary.source.waitingCommitCount == 1)
                _ = try await copy.step(waitSeconds: 0)
                #expect(try outcome.wait(for: "the follower") { $0 })
                #expect(primary.source.waitingCommitCount == 0)
                // A follower already has this commit, so the wait ends at once.
                let again = Pending<Bool?>(nil)
                primary.source.waitForFollower(of: position) { isFollowed in again.change { $0 = isFollowed } }
                #expect(again.value == true)
            }
        }
    }

    @Test("without a follower a commit times out unacknowledged, even if a follower gets the entry later")
    func expires() async throws {
        try await withTwo { one, other in
            try await Primary.with(one, acknowledgementLimit: .milliseconds(1)) { primary in
                #expect(!primary.source.isFollowed)
                let outcomes = Pending<[Bool]>([])
                for _ in 0..<3 {
                    let position = try await position(one)
                    primary.source.waitForFollower(of: position) { isFollowed in
                        outcomes.change { $0.append(isFollowed) }
                    }
                }
                try outcomes.wait(for: "the end of the waits") { $0.count == 3 ? true : nil }
                var copy = primary.copy(into: other)
                try await copy.all()
                #expect(outcomes.value == [false, false, false])
                #expect(primary.source.isFollowed)
            }
        }
    }

    @Test("an offset beyond the journal, or of another archive, acknowledges no commit")
    func foreign() async throws {
        try await withTwo { one, other in
            try await Primary.with(one) { primary in
                let outcome = Pending<Bool?>(nil)
                let position = try await position(one)
                primary.source.waitForFollower(of: position) { isFollowed in outcome.change { $0 = isFollowed } }
                try await other.commitAll([.fixture(), .fixture()])
                let marks = try [other.end(), .start]
                for (after, mark) in [(2, marks[0]), (2, marks[1]), (1, marks[1])] as [(Int64, ChainMark)] {
                    let request = ReplicationRequest(
                        after: after, mark: mark, epoch: 1, epochStart: .start, waitSeconds: 0, node: "x",
                        instance: 1)
                    await #expect(throws: ReplicationClient.Failure.refused(.differs)) {
                        try await primary.client().entries(request)
                    }
                }
                #expect(outcome.value == nil)
                #expect(!primary.source.isFollowed)
            }
        }
    }

    @Test("closing the source ends every wait: commits are not acknowledged, and requests get 503")
    func close() async throws {
        try await withTwo { one, other in
            let outcome = Pending<Bool?>(nil)
            let asked = Pending<ArchiveCopy.Failure?>(nil)
            var task: Task<Void, Never>?
            try await Primary.with(one) { primary in
                let position = try await position(one)
                var copy = primary.copy(into: other)
                try await copy.all()
                primary.source.waitForFollower(of: position + 1) { isFollowed in
                    outcome.change { $0 = isFollowed }
                }
                let begun = copy
                task = Task(executorPreference: ThreadPerJob.shared) {
                    var copy = begun
                    do throws(ArchiveCopy.Failure) {
                        _ = try await copy.step(waitSeconds: 20)
                    } catch {
                        asked.change { $0 = error }
                    }
                }
            }
            await task?.value
            #expect(outcome.value == false)
            #expect(asked.value != nil)
        }
    }

    @Test("a waiting request gets an entry when it is appended")
    func longPoll() async throws {
        try await withTwo { one, other in
            try await Primary.with(one) { primary in
                let events = Pending<[ArchiveFollower.Event]>([])
                let follower = ArchiveFollower(primary.address, into: other, node: "copy") { event in
                    events.change { $0.append(event) }
                }
                let task = Task(executorPreference: ThreadPerJob.shared) { await follower.run() }
                defer { task.cancel() }
                try events.wait(for: "the follower") { $0.contains(.connected(position: 0)) ? true : nil }
                for _ in 0..<5 {
                    let outcome = Pending<Bool?>(nil)
                    let position = try await position(one)
                    primary.source.waitForFollower(of: position) { isFollowed in outcome.change { $0 = isFollowed } }
                    #expect(try outcome.wait(for: "the follower") { $0 })
                }
                task.cancel()
                await task.value
                #expect(try contents(of: other) == contents(of: one))
                #expect(follower.progress.position == 5)
            }
        }
    }

    @Test("a waiting request of a replaced process does not take the follower's name back", arguments: [1, 20])
    func abandonedWait(seconds: Int64) async throws {
        try await withTwo { one, _ in
            try await Primary.with(one) { primary in
                let end = try one.end()
                func request(_ instance: Int64, wait: Int64 = 0) -> ReplicationRequest {
                    ReplicationRequest(
                        after: end.position, mark: end, epoch: 1, epochStart: .start, waitSeconds: wait, node: "copy",
                        instance: instance)
                }
                let abandoned = Pending<Response?>(nil)
                primary.source.submit(request(1, wait: seconds)) { response in abandoned.change { $0 = response } }
                _ = try await primary.client().entries(request(2))
                // A wait ends when the journal grows, or after its time limit.
                if seconds > 1 { _ = try await position(one) }
                _ = try abandoned.wait(for: "the end of the wait") { $0 }
                _ = try await primary.client().entries(request(2))
                #expect(!primary.events.value.contains(.followerNameInUse(node: "copy")))
            }
        }
    }

    @Test("a follower continues after the primary was unreachable, and logs one line per change")
    func reconnects() async throws {
        try await withTwo { one, other in
            let events = Pending<[ArchiveFollower.Event]>([])
            let port = try RawReceiver.freePort()
            let follower = ArchiveFollower(.at(port), into: other, node: "copy") { event in
                events.change { $0.append(event) }
            }
            let task = Task(executorPreference: ThreadPerJob.shared) { await follower.run() }
            defer { task.cancel() }
            try events.wait(for: "a failure") { $0.isEmpty ? nil : true }
            try await one.commitAll([.fixture()])
            try await Primary.with(one, port: port) { _ in
                try events.wait(for: "the copy") { $0.contains(.caughtUp(position: 1)) ? true : nil }
            }
            try events.wait(for: "a failure") { $0.count > 3 ? true : nil }
            task.cancel()
            await task.value
            #expect(events.value.prefix(2) == [.failed(reason: "connection refused"), .connected(position: 1)])
            #expect(!follower.progress.isConnected)
        }
    }
}
