using System.Collections.Immutable;

namespace ShoeFunctions.Engine.Shoes;

/// <summary>The brands and models that shoes are made of, with how often each comes.</summary>
/// <remarks>
/// The order of brands and models, their weights, list prices and ratings decide every shoe: a change here is another
/// stream of shoes, as another seed is.
/// </remarks>
public static class ShoeCatalogue
{
    /// <summary>The brands, and of each the models, the most popular first.</summary>
    public static ImmutableArray<ShoeBrand> Brands { get; } =
    [
        Brand("Nike", 22,
            ("Air Force 1 Low", 115_00, 46), ("Air Max 90", 130_00, 44), ("Air Max 97", 160_00, 44), ("Dunk Low", 120_00, 41),
            ("Pegasus 41", 125_00, 46), ("Vaporfly 3", 230_00, 44), ("Blazer Mid '77", 100_00, 41), ("Cortez", 85_00, 38),
            ("Invincible 3", 160_00, 44), ("Metcon 9", 135_00, 46)),
        Brand("Adidas", 18,
            ("Superstar", 90_00, 46), ("Stan Smith", 90_00, 46), ("Samba OG", 100_00, 44), ("Gazelle", 100_00, 46),
            ("Ultraboost 5", 165_00, 44), ("Forum Low", 100_00, 41), ("Adizero Adios Pro 4", 235_00, 44), ("NMD_R1", 130_00, 38),
            ("Campus 00s", 100_00, 44), ("Terrex Free Hiker 2", 175_00, 44)),
        Brand("New Balance", 10,
            ("574 Core", 85_00, 44), ("990v6", 200_00, 48), ("550", 110_00, 44), ("327", 100_00, 41),
            ("1906R", 150_00, 44), ("2002R", 140_00, 46), ("Fresh Foam X 1080v14", 160_00, 46), ("FuelCell Rebel v4", 130_00, 44),
            ("9060", 150_00, 46)),
        Brand("Puma", 9,
            ("Suede Classic", 75_00, 44), ("RS-X", 100_00, 38), ("Palermo", 85_00, 44), ("Speedcat OG", 100_00, 41),
            ("Velocity Nitro 3", 120_00, 44), ("Deviate Nitro 3", 150_00, 44), ("Clyde", 80_00, 41), ("Cali Star", 80_00, 38),
            ("Mayze", 90_00, 31)),
        Brand("ASICS", 8,
            ("Gel-Kayano 31", 150_00, 46), ("Gel-Nimbus 26", 150_00, 46), ("Novablast 5", 130_00, 46), ("GT-2000 13", 130_00, 44),
            ("Gel-Lyte III OG", 115_00, 44), ("Gel-1130", 95_00, 44), ("Metaspeed Sky Paris", 230_00, 44), ("Gel-Cumulus 26", 120_00, 44)),
        Brand("Converse", 7,
            ("Chuck Taylor All Star", 60_00, 46), ("Chuck 70", 85_00, 48), ("One Star", 75_00, 41), ("Run Star Hike", 100_00, 38),
            ("Jack Purcell", 70_00, 41), ("Star Player 76", 75_00, 41), ("Weapon", 90_00, 38), ("Run Star Motion", 110_00, 31)),
        Brand("Vans", 6,
            ("Old Skool", 70_00, 46), ("Authentic", 55_00, 44), ("Sk8-Hi", 75_00, 46), ("Slip-On", 55_00, 44),
            ("Era", 60_00, 44), ("Knu Skool", 80_00, 41), ("UltraRange EXO", 90_00, 44), ("Half Cab", 80_00, 41)),
        Brand("Reebok", 5,
            ("Club C 85", 80_00, 44), ("Classic Leather", 80_00, 44), ("Nano X4", 125_00, 44), ("Workout Plus", 75_00, 41),
            ("Question Mid", 140_00, 44), ("Instapump Fury 95", 170_00, 38), ("Floatride Energy 5", 100_00, 41), ("BB 4000 II", 75_00, 38)),
        Brand("Skechers", 4,
            ("Go Walk 7", 75_00, 41), ("D'Lites", 70_00, 38), ("Arch Fit", 80_00, 41), ("Max Cushioning Elite", 90_00, 41),
            ("Uno", 75_00, 38), ("Summits", 60_00, 31), ("Go Run Ride 11", 105_00, 41), ("Glide-Step", 80_00, 38)),
        Brand("Brooks", 3,
            ("Ghost 16", 129_95, 46), ("Adrenaline GTS 23", 129_95, 46), ("Glycerin 21", 149_95, 46), ("Hyperion Max 2", 159_95, 44),
            ("Cascadia 18", 129_95, 44), ("Launch 10", 99_95, 41), ("Levitate 6", 129_95, 38), ("Beast GTS 23", 149_95, 44)),
        Brand("HOKA", 3,
            ("Clifton 9", 135_00, 46), ("Bondi 8", 155_00, 46), ("Speedgoat 6", 145_00, 46), ("Mach 6", 130_00, 44),
            ("Arahi 7", 135_00, 44), ("Challenger 7", 140_00, 44), ("Rincon 4", 115_00, 41), ("Anacapa 2 Mid GTX", 180_00, 44)),
        Brand("Saucony", 2,
            ("Ride 17", 130_00, 44), ("Guide 17", 130_00, 44), ("Kinvara 15", 110_00, 41), ("Triumph 22", 150_00, 44),
            ("Endorphin Speed 4", 160_00, 46), ("Endorphin Pro 4", 210_00, 41), ("Peregrine 14", 130_00, 44), ("Jazz Original", 70_00, 41)),
        Brand("On", 2,
            ("Cloud 6", 139_99, 41), ("Cloudmonster 2", 169_99, 44), ("Cloudsurfer", 149_99, 44), ("Cloudswift 4", 149_99, 41),
            ("Cloudnova", 139_99, 38), ("Cloudstratus 3", 159_99, 44), ("Cloudultra 2", 169_99, 41), ("The Roger Advantage", 139_99, 44)),
        Brand("Salomon", 1,
            ("XT-6", 180_00, 44), ("Speedcross 6", 130_00, 46), ("Sense Ride 5", 130_00, 44), ("X Ultra 4 GTX", 150_00, 46),
            ("ACS Pro", 180_00, 41), ("Ultra Glide 2", 130_00, 44), ("S/Lab Pulsar 3", 180_00, 38), ("Thundercross", 130_00, 41)),
    ];

    /// <summary>All models, brand by brand; a model's place among them is its <see cref="ShoeModel.Number"/>.</summary>
    public static ImmutableArray<ShoeModel> Models { get; } = [.. Brands.SelectMany(brand => brand.Models)];

    /// <summary>Draws a brand and then one of its models, each by its weight: two numbers.</summary>
    public static ShoeModel Choose(ref SplitMix64 random)
    {
        var models = ModelsByWeight[random.Below((uint)ModelsByWeight.Length)];
        return models[random.Below((uint)models.Length)];
    }

    /// <summary>Each brand as many times as its weight says, and of it each model likewise: an even draw is a weighted one.</summary>
    private static readonly ShoeModel[][] ModelsByWeight = [.. Brands.SelectMany(brand =>
        Enumerable.Repeat(brand.Models.SelectMany(model => Enumerable.Repeat(model, model.Weight)).ToArray(), brand.Weight))];

    private static int _models;

    private static ShoeBrand Brand(string name, int weight, params (string Name, int ListCents, int Rating)[] models) =>
        new(name, weight, [.. models.Select((model, place) => new ShoeModel(_models++, name, model.Name, ShoeModel.WeightAt(place), model.ListCents, model.Rating))]);
}
