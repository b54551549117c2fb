import Deliveries
import Dispatch
import Journal
import ReportIndex

/// An archive that is open for writing, indexing and reading, under a workload. What goes wrong without a fault is noted as a
/// violation.
final class Session {
    private let directory: ArchiveDirectory
    let writer: JournalWriter
    /// Nil when the writer is alone.
    private let reader: HeldReader?
    private let ledger: Ledger
    /// Nil until the index could be opened.
    private var indexer: Indexer?
    private let indexesInBackground: Bool

    /// - Parameters:
    ///   - indexesInBackground: whether the indexer has its own thread, as in a server. Otherwise `index` does its work, so that the
    ///     operations of two runs are the same.
    ///   - isAlone: whether the writer has the journal's only connection.
    init(
        _ directory: ArchiveDirectory, _ ledger: Ledger, indexesInBackground: Bool = false, isAlone: Bool = false
    ) throws(ArchiveError) {
        self.directory = directory
        self.ledger = ledger
        self.indexesInBackground = indexesInBackground
        writer = try JournalWriter(directory)
        reader = isAlone ? nil : HeldReader(directory)
        if !isAlone { openIndexer() }
    }

    /// Commits the first delivery alone and, while its answer holds the writer up, queues the others from two threads: so the
    /// batches are the same in every run.
    func deliver(_ wave: [TestDelivery]) {
        let wasDisturbed = ledger.isDisturbed
        let faultCount = FaultInjector.shared.faultCount
        let rejectedCount = ledger.rejectedCount
        guard let first = wave.first else { return }
        let others = Array(wave.dropFirst())
        let responses = DispatchGroup()
        let isHeld = DispatchSemaphore(value: 0)
        let letGo = DispatchSemaphore(value: 0)
        responses.enter()
        writer.commit(first.encoded) { [ledger] outcome in
            guard ledger.note(outcome, to: first) else { return }
            isHeld.signal()
            letGo.wait()
            responses.leave()
        }
        isHeld.wait()
        for _ in others { responses.enter() }
        DispatchQueue.concurrentPerform(iterations: 2) { [writer, ledger] thread in
            for delivery in others where delivery.number % 2 == thread {
                writer.commit(delivery.encoded) { outcome in
                    if ledger.note(outcome, to: delivery) { responses.leave() }
                }
            }
        }
        letGo.signal()
        responses.wait()
        // After a failure the writer rejects until the log was restarted, which the reader may prevent.
        let isExcused = wasDisturbed || FaultInjector.shared.faultCount > faultCount
        if ledger.rejectedCount > rejectedCount && !isExcused {
            ledger.noteViolation("a delivery was rejected, and there was no fault")
        }
    }

    func append(_ record: TestRecord) {
        let wasDisturbed = ledger.isDisturbed
        let faultCount = FaultInjector.shared.faultCount
        do throws(ArchiveError) {
            ledger.note(record, at: try writer.append(record.record, at: TestRecord.recordedAt))
        } catch {
            if !wasDisturbed && FaultInjector.shared.faultCount == faultCount {
                ledger.noteViolation("a record was rejected, and there was no fault: \(error)")
            }
        }
    }

    /// Indexes what was committed.
    func index() {
        let faultCount = FaultInjector.shared.faultCount
        guard reader != nil else { return }
        if indexer == nil { openIndexer() }
        guard !indexesInBackground else {
            indexer?.wake()
            return
        }
        do {
            try indexer?.indexAvailable()
        } catch {
            if FaultInjector.shared.faultCount == faultCount {
                ledger.noteViolation("indexing failed, and there was no fault: \(error)")
            }
        }
    }

    private func openIndexer() {
        let faultCount = FaultInjector.shared.faultCount
        do {
            let opened = try Indexer(directory, parser: .ofTestDeliveries)
            if indexesInBackground {
                writer.onGrowth { opened.wake() }
                opened.start { _ in }
            }
            indexer = opened
        } catch {
            if FaultInjector.shared.faultCount == faultCount {
                ledger.noteViolation("the index could not be opened without a fault: \(error)")
            }
        }
    }

    func renewReader() {
        reader?.renew()
    }

    /// What is durable reads back, or there is an error; never something else.
    func readBack(_ wave: [TestDelivery]) {
        let faultCount = FaultInjector.shared.faultCount
        do {
            let reader = try ArchiveReader(directory)
            for delivery in wave {
                guard case .durable(let id) = ledger.response(to: delivery.number) else { continue }
                guard let archived = try reader.delivery(id), delivery.equals(archived) else {
                    ledger.noteViolation("delivery \(delivery.number) does not read back under \(id)")
                    continue
                }
            }
        } catch {
            if FaultInjector.shared.faultCount == faultCount {
                ledger.noteViolation("reading failed, and there was no fault: \(error)")
            }
        }
    }

    /// A writer may reject while faults come and while the reader is in the way, and accepts when they are over.
    func deliverUntilDurable(_ extras: inout ArraySlice<TestDelivery>) {
        while let extra = extras.popFirst() {
            deliver([extra])
            if case .durable = ledger.response(to: extra.number) { return }
            renewReader()
        }
        ledger.noteViolation("the writer accepts nothing any more")
    }

    /// - Parameter readerStays: whether the writer closes while the reader is still there, and leaves the log behind.
    func close(readerStays: Bool = false) {
        if indexesInBackground { indexer?.stop() } else { indexer?.close() }
        if !readerStays { reader?.close() }
        writer.close()
        reader?.close()
    }
}

extension ReportParser {
    /// Each delivery is one report with some fields.
    static let ofTestDeliveries = ReportParser(
        parse: { delivery in
            let target = delivery.request.target.text
            let fields = [ReportField("target", target), ReportField("linkId", "\(delivery.id)")]
            return [ReportContent(provider: "klavi", type: "report", dedupeKey: target, fields: fields)]
        }, route: { _, _ in nil })
}
