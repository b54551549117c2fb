import Deliveries
import Journal

/// The operations on an archive while its storage fails.
///
/// ```
/// open ─▶ wave ─▶ wave ▸ index ▸ record ─▶ … ─▶ one more delivery ─▶ close ─▶ the next session
/// ```
/// A reader holds a read transaction during the session and renews it after every third wave.
struct Workload: Sendable {
    /// The sessions. Each session consists of several waves of deliveries.
    let sessions: [[[TestDelivery]]]
    /// Further deliveries for the end of each session. The workload commits these deliveries until one of them is
    /// durable.
    let extras: [TestDelivery]
    /// True to read each wave immediately after it was committed.
    var readsBack = false
    /// True if the indexer has its own thread.
    var indexesInBackground = false

    /// All deliveries, by UUID.
    let deliveries: [UUIDv7: TestDelivery]

    private static let extraCount = 60

    init(sessions sizes: [[[Int]]]) {
        var number = 0
        func delivery(_ byteCount: Int) -> TestDelivery {
            number += 1
            return TestDelivery(number, byteCount: byteCount)
        }
        let sessions = sizes.map { $0.map { $0.map(delivery) } }
        self.sessions = sessions
        self.extras = (0..<Self.extraCount).map { _ in delivery(100) }
        let all = sessions.flatMap(\.self).flatMap(\.self) + extras
        self.deliveries = Dictionary(uniqueKeysWithValues: all.map { ($0.uuid, $0) })
    }

    /// Thirty deliveries from 10 bytes to 40 kB, in five waves.
    static let small = Workload(sessions: [
        (0..<5).map { wave in (0..<6).map { [10, 9000, 300, 20_000, 2000, 40_000][($0 + wave) % 6] } }
    ])

    /// A small workload that has all operations in which an allocation can fail.
    static let tiny = Workload(sessions: [[[10, 9000, 300], [2000, 40]]])

    /// Two sessions. In each session SQLite makes one checkpoint in addition to the checkpoint at closing.
    static let large = Workload(
        sessions: (0..<2).map { session in
            (0..<20).map { wave in
                (0..<6).map { [100, 5000, 300_000, 60_000, 2000, 130_000][($0 + wave + session) % 6] }
            }
        })

    func run(_ directory: ArchiveDirectory, _ ledger: Ledger) {
        var extras = extras[...]
        var recordNumber = 0
        for (number, waves) in sessions.enumerated() {
            let faultCount = FaultInjector.shared.faultCount
            let session: Session
            do {
                session = try Session(directory, ledger, indexesInBackground: indexesInBackground)
            } catch {
                if FaultInjector.shared.faultCount == faultCount {
                    ledger.noteViolation("the writer could not be opened without a fault: \(error)")
                }
                continue
            }
            for (index, wave) in waves.enumerated() {
                session.deliver(wave)
                if index % 2 == 1 {
                    session.index()
                    recordNumber -= 1
                    session.append(TestRecord(number: recordNumber))
                }
                if index % 3 == 2 { session.renewReader() }
                if readsBack { session.readBack(wave) }
            }
            session.deliverUntilDurable(&extras)
            session.close(readerStays: number % 2 == 0)
        }
    }
}
