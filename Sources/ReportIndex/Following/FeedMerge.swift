internal import Deliveries
internal import Quarantine

/// Puts arrivals, rejected deliveries and replays into one order, that of time, each type in the order of its numbers.
enum FeedMerge {
    /// One type of event, as far as it was read.
    struct Stream {
        let events: [FeedEvent]
        /// The number up to which it was read, unwanted events included.
        let end: Int64
        /// Whether there is more to read.
        let isCut: Bool
    }

    /// Where a stream was cut off, the others wait: what they have from later on comes with a later page. The one whose
    /// last event is the earliest is taken whole, so every page gets further.
    static func page(
        _ start: FeedPosition, _ arrivals: Stream, _ rejected: Stream, _ replays: Stream
    ) -> FeedPage {
        let streams = [arrivals, rejected, replays]
        var horizon: Timestamp?
        var whole: Int?
        for (index, stream) in streams.enumerated() where stream.isCut {
            let last = stream.events.last?.time ?? Timestamp(millisecondsSinceEpoch: .min)
            if last <= horizon ?? last { (horizon, whole) = (last, index) }
        }
        let taken = streams.enumerated().map { index, stream in
            guard let horizon, index != whole else { return stream.events[...] }
            return stream.events.prefix { $0.time <= horizon }
        }
        var end = start
        let events = merged(taken)
        for event in events { end.advance(past: event) }
        if taken[0].count == arrivals.events.count { end.arrival = ReportID(rawValue: arrivals.end) }
        if taken[1].count == rejected.events.count { end.rejected = QuarantineID(rawValue: rejected.end) }
        if taken[2].count == replays.events.count { end.replay = replays.end }
        return FeedPage(events: events, end: end, hasMore: whole != nil)
    }

    /// Merges the streams by time; at equal times the first stream wins.
    static func merged(_ streams: [ArraySlice<FeedEvent>]) -> [FeedEvent] {
        var rest = streams
        var events: [FeedEvent] = []
        while true {
            var earliest: (index: Int, time: Timestamp)?
            for (index, stream) in rest.enumerated() {
                guard let time = stream.first?.time else { continue }
                if let earliest, earliest.time <= time { continue }
                earliest = (index, time)
            }
            guard let index = earliest?.index, let event = rest[index].popFirst() else { return events }
            events.append(event)
        }
    }
}
