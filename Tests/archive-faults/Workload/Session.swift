import Deliveries
import Dispatch
import ReportArchive

/// An open writer under a workload. What goes wrong without a fault is noted as a violation.
struct Session {
    let writer: ArchiveWriter
    let ledger: Ledger

    /// Commits the first delivery alone and, while its answer holds the writer up, queues the others from two threads: so the
    /// batches are the same in every run.
    func deliver(_ wave: [TestDelivery]) {
        let faultCount = FaultInjector.shared.faultCount
        let refusedCount = ledger.refusedCount
        guard let first = wave.first else { return }
        let others = Array(wave.dropFirst())
        let answers = DispatchGroup()
        let isHeld = DispatchSemaphore(value: 0)
        let letGo = DispatchSemaphore(value: 0)
        answers.enter()
        writer.commit(first.sealed) { [ledger] outcome in
            guard ledger.note(outcome, to: first) else { return }
            isHeld.signal()
            letGo.wait()
            answers.leave()
        }
        isHeld.wait()
        for _ in others { answers.enter() }
        DispatchQueue.concurrentPerform(iterations: 2) { [writer, ledger] thread in
            for delivery in others where delivery.number % 2 == thread {
                writer.commit(delivery.sealed) { outcome in
                    if ledger.note(outcome, to: delivery) { answers.leave() }
                }
            }
        }
        letGo.signal()
        answers.wait()
        if ledger.refusedCount > refusedCount && FaultInjector.shared.faultCount == faultCount {
            ledger.noteViolation("a delivery was refused, and there was no fault")
        }
    }

    func catchUp() {
        let faultCount = FaultInjector.shared.faultCount
        do throws(ArchiveError) {
            try Projector.ofTestDeliveries(writer).catchUp()
        } catch {
            if FaultInjector.shared.faultCount == faultCount {
                ledger.noteViolation("the projection failed, and there was no fault: \(error)")
            }
        }
    }

    /// What is durable reads back, or there is an error; never something else.
    func readBack(_ wave: [TestDelivery]) {
        let faultCount = FaultInjector.shared.faultCount
        do throws(ArchiveReadFailure) {
            let reader = try openReader()
            for delivery in wave {
                guard case .durable(let id) = ledger.answer(to: delivery.number) else { continue }
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

    private func openReader() throws(ArchiveReadFailure) -> ArchiveReader {
        do throws(ArchiveError) {
            return try ArchiveReader(writer.location)
        } catch {
            throw .archive(error)
        }
    }

    /// A writer may refuse while faults come, and has to accept when they are over.
    func deliverUntilDurable(_ extras: inout ArraySlice<TestDelivery>) {
        while let extra = extras.popFirst() {
            deliver([extra])
            if case .durable = ledger.answer(to: extra.number) { return }
        }
        ledger.noteViolation("the writer accepts nothing any more")
    }
}

extension Projector {
    /// A projector for which each delivery is one report with some fields.
    static func ofTestDeliveries(_ writer: ArchiveWriter) throws(ArchiveError) -> Projector {
        try Projector(writer) { delivery in
            let target = delivery.request.target.text
            let content = ReportContent(
                provider: "klavi", kind: "report", dedupeKey: target,
                fields: [ReportField("target", target), ReportField("linkId", "\(delivery.id)")])
            return [RoutedReport(content: content, route: nil)]
        }
    }
}
