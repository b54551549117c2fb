/// Neighbouring deliveries whose texts are indexed together: 1024, of which a number >> 10 is that of the block.
enum TextBlock {
    static let deliveryCount = 1 << bits
    private static let bits: Int64 = 10

    static func block(ofDelivery id: Int64) -> Int64 {
        id >> bits
    }

    /// From 0 to 1023.
    static func place(ofDelivery id: Int64) -> Int {
        Int(id & Int64(deliveryCount - 1))
    }

    static func deliveries(of block: Int64) -> ClosedRange<Int64> {
        let first = block << bits
        return first...(first | Int64(deliveryCount - 1))
    }

    /// The blocks in which no delivery is to come any more; nil where there is none.
    static func whole(firstDelivery: Int64, lastDelivery: Int64) -> ClosedRange<Int64>? {
        guard firstDelivery > 0, lastDelivery >= firstDelivery, lastDelivery < ArrivalID.deliveryLimit else {
            return nil
        }
        let first = block(ofDelivery: firstDelivery)
        let end = block(ofDelivery: lastDelivery + 1)
        return first < end ? first...(end - 1) : nil
    }
}
