import Deliveries
import Dispatch
import Journal
import ReportIndex
import TestKit

/// An archive that is open for writing, indexing and reading. A failure that no injected fault explains is a violation.
final class Session {
    private let directory: ArchiveDirectory
    let writer: JournalWriter
    /// The reader; nil if only the writer has a connection.
    private let reader: HeldReader?
    private let ledger: Ledger
    /// The indexer; nil until the index was opened successfully.
    private var indexer: Indexer?
    private let indexesInBackground: Bool

    /// - Parameters:
    ///   - indexesInBackground: whether the indexer has its own thread, as in a server. If false, `index` does the
    ///     work of the indexer, so all runs have the same operations.
    ///   - isAlone: whether the writer has the only connection to the journal.
    init(
        _ directory: ArchiveDirectory, _ ledger: Ledger, indexesInBackground: Bool = false, isAlone: Bool = false
    ) throws {
        self.directory = directory
        self.ledger = ledger
        self.indexesInBackground = indexesInBackground
        writer = try JournalWriter(directory)
        reader = isAlone ? nil : HeldReader(directory)
        if !isAlone { openIndexer() }
    }

    /// Commits the first delivery alone. While the response to this delivery keeps the writer busy, two threads queue
    /// the other deliveries, so all runs have the same batches.
    func deliver(_ wave: [TestDelivery]) {
        let wasDisturbed = ledger.isDisturbed
        let faultCount = FaultInjector.shared.faultCount
        let rejectedCount = ledger.rejectedCount
        guard let first = wave.first else { return }
        let others = Array(wave.dropFirst())
        let isHeld = Pending<Bool>.event()
        let isReleased = Pending<Bool>.event()
        let responseCount = Pending(0)
        writer.commit(first.encoded) { [ledger] outcome in
            guard ledger.note(outcome, to: first) else { return }
            isHeld.happen()
            try? isReleased.wait()
            responseCount.change { $0 += 1 }
        }
        try? isHeld.wait()
        DispatchQueue.concurrentPerform(iterations: 2) { [writer, ledger] thread in
            for delivery in others where delivery.number % 2 == thread {
                writer.commit(delivery.encoded) { outcome in
                    if ledger.note(outcome, to: delivery) { responseCount.change { $0 += 1 } }
                }
            }
        }
        isReleased.happen()
        do {
            try responseCount.wait { $0 == wave.count ? true : nil }
        } catch {
            ledger.noteViolation("a delivery got no response: \(error)")
        }
        // After a failure the writer rejects deliveries until it has restarted the log. The reader's transaction can
        // prevent the restart.
        let isExcused = wasDisturbed || FaultInjector.shared.faultCount > faultCount
        if ledger.rejectedCount > rejectedCount && !isExcused {
            ledger.noteViolation("a delivery was rejected without a fault")
        }
    }

    func append(_ record: TestRecord) {
        let wasDisturbed = ledger.isDisturbed
        expectSuccess("appending a record", isExcused: wasDisturbed) {
            ledger.note(record, at: try writer.append(record.record, at: TestRecord.recordedAt))
        }
    }

    /// Runs work that must succeed. A failure that no injected fault explains is a violation.
    private func expectSuccess(_ name: String, isExcused: Bool = false, _ work: () throws -> Void) {
        let faultCount = FaultInjector.shared.faultCount
        do {
            try work()
        } catch {
            guard !isExcused, FaultInjector.shared.faultCount == faultCount else { return }
            ledger.noteViolation("\(name) failed without a fault: \(error)")
        }
    }

    /// Indexes the committed entries.
    func index() {
        guard reader != nil else { return }
        if indexer == nil { openIndexer() }
        guard !indexesInBackground else {
            indexer?.wake()
            return
        }
        expectSuccess("indexing") { try indexer?.indexAvailable() }
    }

    private func openIndexer() {
        expectSuccess("opening the index") {
            let opened = try Indexer(directory, parser: .ofTestDeliveries)
            if indexesInBackground {
                writer.onGrowth { opened.wake() }
                opened.start { _ in }
            }
            indexer = opened
        }
    }

    func renewReader() {
        reader?.renew()
    }

    /// Expects that durable deliveries can be read without changes, or that reading fails with an error.
    func readBack(_ wave: [TestDelivery]) {
        expectSuccess("reading") {
            let reader = try ArchiveReader(directory)
            for delivery in wave {
                guard case .durable(let id) = ledger.response(to: delivery.number) else { continue }
                guard let archived = try reader.delivery(id), delivery.equals(archived) else {
                    ledger.noteViolation("delivery \(delivery.number) cannot be read back at \(id)")
                    continue
                }
            }
        }
    }

    /// Expects that the writer accepts a delivery when there are no more faults and the reader was renewed.
    func deliverUntilDurable(_ extras: inout ArraySlice<TestDelivery>) {
        while let extra = extras.popFirst() {
            deliver([extra])
            if case .durable = ledger.response(to: extra.number) { return }
            renewReader()
        }
        ledger.noteViolation("the writer no longer accepts deliveries")
    }

    /// Closes the session.
    ///
    /// - Parameter readerStays: whether the reader is still open when the writer closes. The log then remains.
    func close(readerStays: Bool = false) {
        if indexesInBackground { indexer?.stop() } else { indexer?.close() }
        if !readerStays { reader?.close() }
        writer.close()
        reader?.close()
    }
}

extension ReportParser {
    /// A parser that finds one report in each delivery.
    static let ofTestDeliveries = ReportParser(
        parse: { delivery in
            let target = delivery.request.target.text
            let fields = [ReportField("target", target), ReportField("linkId", "\(delivery.id)")]
            return [ReportContent(provider: "klavi", type: "report", dedupeKey: target, fields: fields)]
        }, route: { _, _ in nil })
}
