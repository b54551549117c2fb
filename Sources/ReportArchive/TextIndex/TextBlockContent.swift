/// What the index says of a block: gathered a body at a time, in bounded memory.
struct TextBlockContent {
    /// Most different grams in a block, each with its set; bodies that would bring more are not indexed.
    static let gramCountLimit = 131_072

    /// The deliveries whose texts are indexed.
    private(set) var deliveries = DeliverySet()
    private var places: [UInt32: Int] = [:]
    private var sets: [DeliverySet] = []
    private var grams = TextGrams()

    /// Adds a body that is not empty, where there is room; what a delivery without one has is looked at in its reports.
    mutating func add(_ body: [UInt8], ofDelivery id: Int64) {
        guard !body.isEmpty, let found = grams.all(of: body),
            found.count + sets.count <= Self.gramCountLimit
                || sets.count + found.count(where: { places[$0] == nil }) <= Self.gramCountLimit
        else { return }
        let place = TextBlock.place(ofDelivery: id)
        deliveries.insert(place)
        for gram in found {
            if let index = places[gram] {
                sets[index].insert(place)
            } else {
                places[gram] = sets.count
                var set = DeliverySet()
                set.insert(place)
                sets.append(set)
            }
        }
    }

    /// The rows of the block, in their order.
    var rows: [(gram: Int64, deliveries: [UInt8])] {
        places.sorted { $0.key < $1.key }.map { (Int64($0.key), sets[$0.value].stored) }
    }
}
