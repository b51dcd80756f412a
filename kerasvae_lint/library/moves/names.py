"""Public names of Keras, written by ``python tools/moves.py`` from the installed packages: change nothing here."""

from __future__ import annotations

KERAS = "3.15.1"
TF_KERAS = "2.21.0"
"""The releases that this is read from."""

NAMES: dict[str, str] = {
    "keras": (
        "DTypePolicy FloatDTypePolicy Function Initializer Input InputSpec KerasTensor Layer Loss Metric Model "
        "Operation Optimizer Quantizer Regularizer RematScope Sequential StatelessScope SymbolicScope Variable "
        "activations applications backend callbacks config constraints datasets device distillation distribution "
        "dtype_policies export initializers layers legacy losses metrics mixed_precision models name_scope ops "
        "optimizers preprocessing quantizers random regularizers remat saving tree utils version visualization "
        "wrappers"
    ),
    "keras.activations": (
        "celu deserialize elu exponential gelu get glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh "
        "leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu serialize sigmoid silu soft_shrink softmax "
        "softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold"
    ),
    "keras.applications": (
        "ConvNeXtBase ConvNeXtLarge ConvNeXtSmall ConvNeXtTiny ConvNeXtXLarge DenseNet121 DenseNet169 DenseNet201 "
        "EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 EfficientNetB5 EfficientNetB6 "
        "EfficientNetB7 EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2L "
        "EfficientNetV2M EfficientNetV2S InceptionResNetV2 InceptionV3 MobileNet MobileNetV2 MobileNetV3Large "
        "MobileNetV3Small NASNetLarge NASNetMobile ResNet101 ResNet101V2 ResNet152 ResNet152V2 ResNet50 ResNet50V2 "
        "VGG16 VGG19 Xception convnext densenet efficientnet efficientnet_v2 imagenet_utils inception_resnet_v2 "
        "inception_v3 mobilenet mobilenet_v2 mobilenet_v3 nasnet resnet resnet50 resnet_v2 vgg16 vgg19 xception"
    ),
    "keras.applications.convnext": (
        "ConvNeXtBase ConvNeXtLarge ConvNeXtSmall ConvNeXtTiny ConvNeXtXLarge decode_predictions preprocess_input"
    ),
    "keras.applications.densenet": "DenseNet121 DenseNet169 DenseNet201 decode_predictions preprocess_input",
    "keras.applications.efficientnet": (
        "EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 EfficientNetB5 EfficientNetB6 "
        "EfficientNetB7 decode_predictions preprocess_input"
    ),
    "keras.applications.efficientnet_v2": (
        "EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2L EfficientNetV2M "
        "EfficientNetV2S decode_predictions preprocess_input"
    ),
    "keras.applications.imagenet_utils": "decode_predictions preprocess_input",
    "keras.applications.inception_resnet_v2": "InceptionResNetV2 decode_predictions preprocess_input",
    "keras.applications.inception_v3": "InceptionV3 decode_predictions preprocess_input",
    "keras.applications.mobilenet": "MobileNet decode_predictions preprocess_input",
    "keras.applications.mobilenet_v2": "MobileNetV2 decode_predictions preprocess_input",
    "keras.applications.mobilenet_v3": "decode_predictions preprocess_input",
    "keras.applications.nasnet": "NASNetLarge NASNetMobile decode_predictions preprocess_input",
    "keras.applications.resnet": "ResNet101 ResNet152 ResNet50 decode_predictions preprocess_input",
    "keras.applications.resnet50": "ResNet50 decode_predictions preprocess_input",
    "keras.applications.resnet_v2": "ResNet101V2 ResNet152V2 ResNet50V2 decode_predictions preprocess_input",
    "keras.applications.vgg16": "VGG16 decode_predictions preprocess_input",
    "keras.applications.vgg19": "VGG19 decode_predictions preprocess_input",
    "keras.applications.xception": "Xception decode_predictions preprocess_input",
    "keras.backend": (
        "backend clear_session epsilon floatx get_uid image_data_format is_float_dtype is_int_dtype is_keras_tensor "
        "result_type set_epsilon set_floatx set_image_data_format standardize_dtype"
    ),
    "keras.callbacks": (
        "BackupAndRestore CSVLogger Callback CallbackList EarlyStopping History LambdaCallback LearningRateScheduler "
        "ModelCheckpoint OrbaxCheckpoint ProgbarLogger ReduceLROnPlateau RemoteMonitor SwapEMAWeights TensorBoard "
        "TerminateOnNaN"
    ),
    "keras.config": (
        "backend disable_flash_attention disable_interactive_logging disable_traceback_filtering dtype_policy "
        "enable_flash_attention enable_interactive_logging enable_traceback_filtering enable_unsafe_deserialization "
        "epsilon floatx image_data_format is_flash_attention_enabled is_interactive_logging_enabled is_nnx_enabled "
        "is_traceback_filtering_enabled max_epochs max_steps_per_epoch set_backend set_dtype_policy set_epsilon "
        "set_floatx set_image_data_format set_max_epochs set_max_steps_per_epoch"
    ),
    "keras.constraints": (
        "Constraint MaxNorm MinMaxNorm NonNeg UnitNorm deserialize get max_norm min_max_norm non_neg serialize "
        "unit_norm"
    ),
    "keras.datasets": "boston_housing california_housing cifar10 cifar100 fashion_mnist imdb mnist reuters",
    "keras.datasets.boston_housing": "load_data",
    "keras.datasets.california_housing": "load_data",
    "keras.datasets.cifar10": "load_data",
    "keras.datasets.cifar100": "load_data",
    "keras.datasets.fashion_mnist": "load_data",
    "keras.datasets.imdb": "get_word_index load_data",
    "keras.datasets.mnist": "load_data",
    "keras.datasets.reuters": "get_label_names get_word_index load_data",
    "keras.distillation": "DistillationLoss Distiller FeatureDistillation LogitsDistillation",
    "keras.distribution": (
        "DataParallel DeviceMesh LayoutMap ModelParallel TensorLayout distribute_tensor distribution get_device_count "
        "initialize list_devices set_distribution"
    ),
    "keras.dtype_policies": (
        "AWQDTypePolicy DTypePolicy DTypePolicyMap FloatDTypePolicy GPTQDTypePolicy Int4DTypePolicy "
        "QuantizedDTypePolicy QuantizedFloat8DTypePolicy deserialize get serialize"
    ),
    "keras.export": "ExportArchive",
    "keras.initializers": (
        "Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer Initializer LecunNormal "
        "LecunUniform Ones Orthogonal OrthogonalInitializer RandomNormal RandomUniform STFT STFTInitializer "
        "TruncatedNormal VarianceScaling Zeros constant deserialize get glorot_normal glorot_uniform he_normal "
        "he_uniform identity lecun_normal lecun_uniform ones orthogonal random_normal random_uniform serialize stft "
        "truncated_normal variance_scaling zeros"
    ),
    "keras.layers": (
        "Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D "
        "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention AlphaDropout Attention "
        "AugMix AutoContrast Average AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D "
        "BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate "
        "ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D "
        "Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D Convolution1DTranspose Convolution2D "
        "Convolution2DTranspose Convolution3D Convolution3DTranspose Cropping1D Cropping2D Cropping3D CutMix Dense "
        "DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense Embedding Equalization Flatten "
        "FlaxLayer GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D "
        "GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D "
        "GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization "
        "GroupQueryAttention HashedCrossing Hashing Identity Input InputLayer InputSpec IntegerLookup JaxLayer LSTM "
        "LSTMCell Lambda Layer LayerNormalization LeakyReLU Masking MaxNumBoundingBoxes MaxPool1D MaxPool2D MaxPool3D "
        "MaxPooling1D MaxPooling2D MaxPooling3D Maximum MelSpectrogram Minimum MixUp MultiHeadAttention Multiply "
        "Normalization PReLU Permute Pipeline RMSNormalization RNN RandAugment RandomBrightness "
        "RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing "
        "RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization "
        "RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom ReLU RepeatVector "
        "Rescaling Reshape Resizing ReversibleEmbedding STFTSpectrogram SeparableConv1D SeparableConv2D "
        "SeparableConvolution1D SeparableConvolution2D SimpleRNN SimpleRNNCell Softmax Solarization SpatialDropout1D "
        "SpatialDropout2D SpatialDropout3D SpectralNormalization StackedRNNCells StringLookup Subtract TFSMLayer "
        "TextVectorization TimeDistributed TorchModuleWrapper UnitNormalization UpSampling1D UpSampling2D UpSampling3D "
        "Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D add average concatenate deserialize dot maximum minimum "
        "multiply serialize subtract"
    ),
    "keras.legacy": "saving",
    "keras.legacy.saving": "deserialize_keras_object serialize_keras_object",
    "keras.losses": (
        "BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy CategoricalFocalCrossentropy "
        "CategoricalGeneralizedCrossEntropy CategoricalHinge Circle CosineSimilarity Dice Hinge Huber KLDivergence "
        "LogCosh Loss MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError "
        "Poisson SparseCategoricalCrossentropy SquaredHinge Tversky binary_crossentropy binary_focal_crossentropy "
        "categorical_crossentropy categorical_focal_crossentropy categorical_generalized_cross_entropy "
        "categorical_hinge circle cosine_similarity ctc deserialize dice get hinge huber kl_divergence log_cosh "
        "mean_absolute_error mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error poisson "
        "serialize sparse_categorical_crossentropy squared_hinge tversky"
    ),
    "keras.metrics": (
        "AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy "
        "CategoricalHinge ConcordanceCorrelation CosineSimilarity F1Score FBetaScore FalseNegatives FalsePositives "
        "Hinge IoU KLDivergence LogCoshError Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU "
        "MeanMetricWrapper MeanSquaredError MeanSquaredLogarithmicError Metric OneHotIoU OneHotMeanIoU "
        "PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError "
        "SensitivityAtSpecificity SparseCategoricalAccuracy SparseCategoricalCrossentropy "
        "SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum TopKCategoricalAccuracy TrueNegatives "
        "TruePositives binary_accuracy binary_crossentropy binary_focal_crossentropy categorical_accuracy "
        "categorical_crossentropy categorical_focal_crossentropy categorical_hinge concordance_correlation deserialize "
        "get hinge huber kl_divergence log_cosh mean_absolute_error mean_absolute_percentage_error mean_squared_error "
        "mean_squared_logarithmic_error pearson_correlation poisson serialize sparse_categorical_accuracy "
        "sparse_categorical_crossentropy sparse_top_k_categorical_accuracy squared_hinge top_k_categorical_accuracy"
    ),
    "keras.mixed_precision": (
        "DTypePolicy LossScaleOptimizer Policy dtype_policy global_policy set_dtype_policy set_global_policy"
    ),
    "keras.models": "Model Sequential clone_model load_model model_from_json save_model",
    "keras.ops": (
        "abs absolute adaptive_average_pool adaptive_max_pool add all allclose amax amin angle any append arange "
        "arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argpartition argsort array array_split "
        "associative_scan average average_pool bartlett batch_normalization binary_crossentropy bincount bitwise_and "
        "bitwise_invert bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor blackman "
        "broadcast_to cast categorical_crossentropy cbrt cdist ceil celu cholesky cholesky_inverse clip concatenate "
        "cond conj conjugate conv conv_transpose convert_to_numpy convert_to_tensor copy corrcoef correlate cos cosh "
        "count_nonzero cross ctc_decode ctc_loss cumprod cumsum custom_gradient deg2rad depth_to_space depthwise_conv "
        "det diag diagflat diagonal diff digitize divide divide_no_nan dot dot_product_attention dsplit dstack dtype "
        "eig eigh einsum elu empty empty_like equal erf erfc erfinv exp exp2 expand_dims expm1 extract_sequences eye "
        "fabs fft fft2 flip fliplr flipud floor floor_divide fmax fmin fmod fold fori_loop full full_like gcd gelu "
        "geomspace get_item glu greater greater_equal hamming hanning hard_shrink hard_sigmoid hard_silu hard_swish "
        "hard_tanh heaviside histogram hsplit hstack hypot i0 identity ifft2 imag image in_top_k inner inv irfft "
        "is_tensor isclose isfinite isin isinf isnan isneginf isposinf isreal istft jvp kaiser kron "
        "layer_normalization lcm ldexp leaky_relu left_shift less less_equal linalg linspace log log10 log1p log2 "
        "log_sigmoid log_softmax logaddexp logaddexp2 logdet logical_and logical_not logical_or logical_xor logspace "
        "logsumexp lstsq lu_factor map matmul matrix_rank max max_pool maximum mean median meshgrid min minimum mod "
        "moments moveaxis multi_hot multiply nan_to_num nanargmax nanargmin nancumprod nancumsum nanmax nanmean "
        "nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar ndim negative nextafter nn nonzero "
        "norm normalize not_equal numpy one_hot ones ones_like outer pad percentile pinv polar power prod psnr ptp qr "
        "quantile rad2deg ravel real rearrange reciprocal relu relu6 repeat reshape rfft right_shift rms_normalization "
        "roll rot90 round rsqrt saturate_cast scan scatter scatter_update searchsorted segment_max segment_min "
        "segment_prod segment_sum select selu separable_conv shape sigmoid sign signbit silu sin sinc sinh size slice "
        "slice_update slogdet soft_shrink softmax softplus softsign solve solve_triangular sort space_to_depth "
        "sparse_categorical_crossentropy sparse_plus sparse_sigmoid sparsemax split sqrt square squareplus squeeze "
        "stack std stft stop_gradient subtract sum svd swapaxes swish switch take take_along_axis tan tanh tanh_shrink "
        "tensordot threshold tile top_k trace transpose trapezoid tri tril triu true_divide trunc unfold unique "
        "unravel_index unstack vander var vdot vectorize vectorized_map view view_as_complex view_as_real vsplit "
        "vstack where while_loop zeros zeros_like"
    ),
    "keras.ops.image": (
        "affine_transform crop_images elastic_transform extract_patches extract_patches_3d gaussian_blur hsv_to_rgb "
        "map_coordinates pad_images perspective_transform resize rgb_to_grayscale rgb_to_hsv scale_and_translate "
        "sobel_edges ssim"
    ),
    "keras.ops.linalg": (
        "cholesky cholesky_inverse det eig eigh inv jvp lstsq lu_factor matrix_rank norm pinv qr solve "
        "solve_triangular svd"
    ),
    "keras.ops.nn": (
        "adaptive_average_pool adaptive_max_pool average_pool batch_normalization binary_crossentropy "
        "categorical_crossentropy celu conv conv_transpose ctc_decode ctc_loss depth_to_space depthwise_conv "
        "dot_product_attention elu fold gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh "
        "layer_normalization leaky_relu log_sigmoid log_softmax max_pool moments multi_hot normalize one_hot polar "
        "psnr relu relu6 rms_normalization selu separable_conv sigmoid silu soft_shrink softmax softplus softsign "
        "space_to_depth sparse_categorical_crossentropy sparse_plus sparse_sigmoid sparsemax squareplus swish "
        "tanh_shrink threshold unfold"
    ),
    "keras.ops.numpy": (
        "abs absolute add all allclose amax amin angle any append arange arccos arccosh arcsin arcsinh arctan arctan2 "
        "arctanh argmax argmin argpartition argsort array array_split average bartlett bincount bitwise_and "
        "bitwise_invert bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor blackman "
        "broadcast_to cbrt ceil clip concatenate conj conjugate copy corrcoef correlate cos cosh count_nonzero cross "
        "cumprod cumsum deg2rad diag diagflat diagonal diff digitize divide divide_no_nan dot dsplit dstack einsum "
        "empty empty_like equal exp exp2 expand_dims expm1 eye fabs flip fliplr flipud floor floor_divide fmax fmin "
        "fmod full full_like gcd geomspace get_item greater greater_equal hamming hanning heaviside histogram hsplit "
        "hstack hypot i0 identity imag inner isclose isfinite isin isinf isnan isneginf isposinf isreal kaiser kron "
        "lcm ldexp left_shift less less_equal linspace log log10 log1p log2 logaddexp logaddexp2 logical_and "
        "logical_not logical_or logical_xor logspace matmul max maximum mean median meshgrid min minimum mod moveaxis "
        "multiply nan_to_num nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin nanpercentile "
        "nanprod nanquantile nanstd nansum nanvar ndim negative nextafter nonzero not_equal ones ones_like outer pad "
        "percentile power prod ptp quantile rad2deg ravel real reciprocal repeat reshape right_shift roll rot90 round "
        "searchsorted select sign signbit sin sinc sinh size slogdet sort split sqrt square squeeze stack std subtract "
        "sum swapaxes take take_along_axis tan tanh tensordot tile trace transpose trapezoid tri tril triu true_divide "
        "trunc unique unravel_index vander var vdot vectorize view vsplit vstack where zeros zeros_like"
    ),
    "keras.optimizers": (
        "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer MultiOptimizer Muon Nadam "
        "Optimizer OptimizerMap RMSprop SGD ScheduleFreeAdamW deserialize get legacy schedules serialize"
    ),
    "keras.optimizers.legacy": "Adagrad Adam Ftrl Optimizer RMSprop SGD",
    "keras.optimizers.schedules": (
        "CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay LearningRateSchedule PiecewiseConstantDecay "
        "PolynomialDecay deserialize serialize"
    ),
    "keras.preprocessing": (
        "image image_dataset_from_directory sequence text_dataset_from_directory timeseries_dataset_from_array"
    ),
    "keras.preprocessing.image": "array_to_img img_to_array load_img save_img smart_resize",
    "keras.preprocessing.sequence": "pad_sequences",
    "keras.quantizers": (
        "AWQConfig AbsMaxQuantizer Float8QuantizationConfig GPTQConfig Int4QuantizationConfig Int8QuantizationConfig "
        "QuantizationConfig Quantizer abs_max_quantize abs_max_quantize_grouped_with_zero_point "
        "compute_float8_amax_history compute_float8_scale deserialize fake_quant_with_min_max_vars get pack_int4 "
        "quantize_and_dequantize serialize unpack_int4"
    ),
    "keras.random": (
        "SeedGenerator beta binomial categorical dropout gamma normal randint shuffle truncated_normal uniform"
    ),
    "keras.regularizers": (
        "L1 L1L2 L2 OrthogonalRegularizer Regularizer deserialize get l1 l1_l2 l2 orthogonal_regularizer serialize"
    ),
    "keras.saving": (
        "CustomObjectScope KerasFileEditor custom_object_scope deserialize_keras_object get_custom_objects "
        "get_registered_name get_registered_object load_model load_weights register_keras_serializable save_model "
        "save_weights serialize_keras_object"
    ),
    "keras.tree": (
        "MAP_TO_NONE assert_same_paths assert_same_structure flatten flatten_with_path is_nested lists_to_tuples "
        "map_shape_structure map_structure map_structure_up_to pack_sequence_as traverse"
    ),
    "keras.utils": (
        "Config CustomObjectScope FeatureSpace Progbar PyDataset Sequence array_to_img audio_dataset_from_directory "
        "bounding_boxes clear_session custom_object_scope deserialize_keras_object disable_interactive_logging "
        "enable_interactive_logging get_custom_objects get_file get_registered_name get_registered_object "
        "get_source_inputs image_dataset_from_directory img_to_array is_interactive_logging_enabled is_keras_tensor "
        "legacy load_img model_to_dot normalize pack_x_y_sample_weight pad_sequences plot_model "
        "register_keras_serializable save_img serialize_keras_object set_random_seed split_dataset standardize_dtype "
        "text_dataset_from_directory timeseries_dataset_from_array to_categorical unpack_x_y_sample_weight"
    ),
    "keras.utils.bounding_boxes": (
        "affine_transform clip_to_image_size compute_ciou compute_iou convert_format crop decode_deltas_to_boxes "
        "encode_box_to_deltas pad"
    ),
    "keras.utils.legacy": "deserialize_keras_object serialize_keras_object",
    "keras.visualization": (
        "draw_bounding_boxes draw_segmentation_masks plot_bounding_box_gallery plot_image_gallery "
        "plot_segmentation_mask_gallery"
    ),
    "keras.wrappers": "SKLearnClassifier SKLearnRegressor SKLearnTransformer",
}
"""The names that Keras 3 has, by module."""

DOOR: dict[str, str] = {
    "keras.backend": (
        "abs all any arange argmax argmin batch_dot batch_flatten batch_get_value batch_normalization batch_set_value "
        "bias_add binary_crossentropy binary_focal_crossentropy cast cast_to_floatx categorical_crossentropy "
        "categorical_focal_crossentropy clip concatenate constant conv1d conv2d conv2d_transpose conv3d cos "
        "count_params ctc_batch_cost ctc_decode ctc_label_dense_to_sparse cumprod cumsum depthwise_conv2d dot dropout "
        "dtype elu equal eval exp expand_dims eye flatten foldl foldr gather get_value gradients greater greater_equal "
        "hard_sigmoid in_top_k int_shape is_sparse l2_normalize less less_equal log map_fn max maximum mean min "
        "minimum moving_average_update name_scope ndim not_equal one_hot ones ones_like permute_dimensions pool2d "
        "pool3d pow prod random_bernoulli random_normal random_normal_variable random_uniform random_uniform_variable "
        "relu repeat repeat_elements reshape resize_images resize_volumes reverse rnn round separable_conv2d set_value "
        "shape sigmoid sign sin softmax softplus softsign sparse_categorical_crossentropy spatial_2d_padding "
        "spatial_3d_padding sqrt square squeeze stack std stop_gradient sum switch tanh temporal_padding tile to_dense "
        "transpose truncated_normal update update_add update_sub var variable zeros zeros_like"
    ),
    "keras.layers": "RandomHeight RandomWidth ThresholdedReLU",
    "keras.losses": "KLD MAE MAPE MSE MSLE Reduction kld kullback_leibler_divergence logcosh mae mape mse msle",
    "keras.metrics": "KLD MAE MAPE MSE MSLE kld kullback_leibler_divergence logcosh mae mape mse msle",
    "keras.preprocessing": "text",
    "keras.preprocessing.image": (
        "DirectoryIterator ImageDataGenerator Iterator NumpyArrayIterator apply_affine_transform "
        "apply_brightness_shift apply_channel_shift random_brightness random_channel_shift random_rotation "
        "random_shear random_shift random_zoom"
    ),
    "keras.preprocessing.sequence": "TimeseriesGenerator make_sampling_table skipgrams",
    "keras.preprocessing.text": "Tokenizer hashing_trick one_hot text_to_word_sequence tokenizer_from_json",
}
"""The names that Keras 3 has as ``tf.keras.…`` only."""

GONE: dict[str, str] = {
    "keras.applications.RegNetX002": "",
    "keras.applications.RegNetX004": "",
    "keras.applications.RegNetX006": "",
    "keras.applications.RegNetX008": "",
    "keras.applications.RegNetX016": "",
    "keras.applications.RegNetX032": "",
    "keras.applications.RegNetX040": "",
    "keras.applications.RegNetX064": "",
    "keras.applications.RegNetX080": "",
    "keras.applications.RegNetX120": "",
    "keras.applications.RegNetX160": "",
    "keras.applications.RegNetX320": "",
    "keras.applications.RegNetY002": "",
    "keras.applications.RegNetY004": "",
    "keras.applications.RegNetY006": "",
    "keras.applications.RegNetY008": "",
    "keras.applications.RegNetY016": "",
    "keras.applications.RegNetY032": "",
    "keras.applications.RegNetY040": "",
    "keras.applications.RegNetY064": "",
    "keras.applications.RegNetY080": "",
    "keras.applications.RegNetY120": "",
    "keras.applications.RegNetY160": "",
    "keras.applications.RegNetY320": "",
    "keras.applications.ResNetRS101": "",
    "keras.applications.ResNetRS152": "",
    "keras.applications.ResNetRS200": "",
    "keras.applications.ResNetRS270": "",
    "keras.applications.ResNetRS350": "",
    "keras.applications.ResNetRS420": "",
    "keras.applications.ResNetRS50": "",
    "keras.applications.regnet.RegNetX002": "",
    "keras.applications.regnet.RegNetX004": "",
    "keras.applications.regnet.RegNetX006": "",
    "keras.applications.regnet.RegNetX008": "",
    "keras.applications.regnet.RegNetX016": "",
    "keras.applications.regnet.RegNetX032": "",
    "keras.applications.regnet.RegNetX040": "",
    "keras.applications.regnet.RegNetX064": "",
    "keras.applications.regnet.RegNetX080": "",
    "keras.applications.regnet.RegNetX120": "",
    "keras.applications.regnet.RegNetX160": "",
    "keras.applications.regnet.RegNetX320": "",
    "keras.applications.regnet.RegNetY002": "",
    "keras.applications.regnet.RegNetY004": "",
    "keras.applications.regnet.RegNetY006": "",
    "keras.applications.regnet.RegNetY008": "",
    "keras.applications.regnet.RegNetY016": "",
    "keras.applications.regnet.RegNetY032": "",
    "keras.applications.regnet.RegNetY040": "",
    "keras.applications.regnet.RegNetY064": "",
    "keras.applications.regnet.RegNetY080": "",
    "keras.applications.regnet.RegNetY120": "",
    "keras.applications.regnet.RegNetY160": "",
    "keras.applications.regnet.RegNetY320": "",
    "keras.applications.regnet.decode_predictions": "",
    "keras.applications.regnet.preprocess_input": "",
    "keras.applications.resnet_rs.ResNetRS101": "",
    "keras.applications.resnet_rs.ResNetRS152": "",
    "keras.applications.resnet_rs.ResNetRS200": "",
    "keras.applications.resnet_rs.ResNetRS270": "",
    "keras.applications.resnet_rs.ResNetRS350": "",
    "keras.applications.resnet_rs.ResNetRS420": "",
    "keras.applications.resnet_rs.ResNetRS50": "",
    "keras.applications.resnet_rs.decode_predictions": "",
    "keras.applications.resnet_rs.preprocess_input": "",
    "keras.backend.abs": "tf.keras",
    "keras.backend.all": "tf.keras",
    "keras.backend.any": "tf.keras",
    "keras.backend.arange": "tf.keras",
    "keras.backend.argmax": "tf.keras",
    "keras.backend.argmin": "tf.keras",
    "keras.backend.batch_dot": "tf.keras",
    "keras.backend.batch_flatten": "tf.keras",
    "keras.backend.batch_get_value": "tf.keras",
    "keras.backend.batch_normalization": "tf.keras",
    "keras.backend.batch_set_value": "tf.keras",
    "keras.backend.bias_add": "tf.keras",
    "keras.backend.binary_crossentropy": "tf.keras",
    "keras.backend.binary_focal_crossentropy": "tf.keras",
    "keras.backend.cast": "tf.keras",
    "keras.backend.cast_to_floatx": "tf.keras",
    "keras.backend.categorical_crossentropy": "tf.keras",
    "keras.backend.categorical_focal_crossentropy": "tf.keras",
    "keras.backend.clip": "tf.keras",
    "keras.backend.concatenate": "tf.keras",
    "keras.backend.constant": "tf.keras",
    "keras.backend.conv1d": "tf.keras",
    "keras.backend.conv2d": "tf.keras",
    "keras.backend.conv2d_transpose": "tf.keras",
    "keras.backend.conv3d": "tf.keras",
    "keras.backend.cos": "tf.keras",
    "keras.backend.count_params": "tf.keras",
    "keras.backend.ctc_batch_cost": "tf.keras",
    "keras.backend.ctc_decode": "tf.keras",
    "keras.backend.ctc_label_dense_to_sparse": "tf.keras",
    "keras.backend.cumprod": "tf.keras",
    "keras.backend.cumsum": "tf.keras",
    "keras.backend.depthwise_conv2d": "tf.keras",
    "keras.backend.dot": "tf.keras",
    "keras.backend.dropout": "tf.keras",
    "keras.backend.dtype": "tf.keras",
    "keras.backend.elu": "tf.keras",
    "keras.backend.equal": "tf.keras",
    "keras.backend.eval": "tf.keras",
    "keras.backend.exp": "tf.keras",
    "keras.backend.expand_dims": "tf.keras",
    "keras.backend.experimental.disable_tf_random_generator": "",
    "keras.backend.experimental.enable_tf_random_generator": "",
    "keras.backend.experimental.is_tf_random_generator_enabled": "",
    "keras.backend.eye": "tf.keras",
    "keras.backend.flatten": "tf.keras",
    "keras.backend.foldl": "tf.keras",
    "keras.backend.foldr": "tf.keras",
    "keras.backend.function": "",
    "keras.backend.gather": "tf.keras",
    "keras.backend.get_session": "",
    "keras.backend.get_value": "tf.keras",
    "keras.backend.gradients": "tf.keras",
    "keras.backend.greater": "tf.keras",
    "keras.backend.greater_equal": "tf.keras",
    "keras.backend.hard_sigmoid": "tf.keras",
    "keras.backend.in_test_phase": "",
    "keras.backend.in_top_k": "tf.keras",
    "keras.backend.in_train_phase": "",
    "keras.backend.int_shape": "tf.keras",
    "keras.backend.is_sparse": "tf.keras",
    "keras.backend.l2_normalize": "tf.keras",
    "keras.backend.learning_phase": "",
    "keras.backend.learning_phase_scope": "",
    "keras.backend.less": "tf.keras",
    "keras.backend.less_equal": "tf.keras",
    "keras.backend.local_conv1d": "",
    "keras.backend.local_conv2d": "",
    "keras.backend.log": "tf.keras",
    "keras.backend.manual_variable_initialization": "",
    "keras.backend.map_fn": "tf.keras",
    "keras.backend.max": "tf.keras",
    "keras.backend.maximum": "tf.keras",
    "keras.backend.mean": "tf.keras",
    "keras.backend.min": "tf.keras",
    "keras.backend.minimum": "tf.keras",
    "keras.backend.moving_average_update": "tf.keras",
    "keras.backend.name_scope": "tf.keras",
    "keras.backend.ndim": "tf.keras",
    "keras.backend.normalize_batch_in_training": "",
    "keras.backend.not_equal": "tf.keras",
    "keras.backend.one_hot": "tf.keras",
    "keras.backend.ones": "tf.keras",
    "keras.backend.ones_like": "tf.keras",
    "keras.backend.permute_dimensions": "tf.keras",
    "keras.backend.placeholder": "",
    "keras.backend.pool2d": "tf.keras",
    "keras.backend.pool3d": "tf.keras",
    "keras.backend.pow": "tf.keras",
    "keras.backend.print_tensor": "",
    "keras.backend.prod": "tf.keras",
    "keras.backend.random_bernoulli": "tf.keras",
    "keras.backend.random_binomial": "",
    "keras.backend.random_normal": "tf.keras",
    "keras.backend.random_normal_variable": "tf.keras",
    "keras.backend.random_uniform": "tf.keras",
    "keras.backend.random_uniform_variable": "tf.keras",
    "keras.backend.relu": "tf.keras",
    "keras.backend.repeat": "tf.keras",
    "keras.backend.repeat_elements": "tf.keras",
    "keras.backend.reset_uids": "",
    "keras.backend.reshape": "tf.keras",
    "keras.backend.resize_images": "tf.keras",
    "keras.backend.resize_volumes": "tf.keras",
    "keras.backend.reverse": "tf.keras",
    "keras.backend.rnn": "tf.keras",
    "keras.backend.round": "tf.keras",
    "keras.backend.separable_conv2d": "tf.keras",
    "keras.backend.set_learning_phase": "",
    "keras.backend.set_session": "",
    "keras.backend.set_value": "tf.keras",
    "keras.backend.shape": "tf.keras",
    "keras.backend.sigmoid": "tf.keras",
    "keras.backend.sign": "tf.keras",
    "keras.backend.sin": "tf.keras",
    "keras.backend.softmax": "tf.keras",
    "keras.backend.softplus": "tf.keras",
    "keras.backend.softsign": "tf.keras",
    "keras.backend.sparse_categorical_crossentropy": "tf.keras",
    "keras.backend.spatial_2d_padding": "tf.keras",
    "keras.backend.spatial_3d_padding": "tf.keras",
    "keras.backend.sqrt": "tf.keras",
    "keras.backend.square": "tf.keras",
    "keras.backend.squeeze": "tf.keras",
    "keras.backend.stack": "tf.keras",
    "keras.backend.std": "tf.keras",
    "keras.backend.stop_gradient": "tf.keras",
    "keras.backend.sum": "tf.keras",
    "keras.backend.switch": "tf.keras",
    "keras.backend.tanh": "tf.keras",
    "keras.backend.temporal_padding": "tf.keras",
    "keras.backend.tile": "tf.keras",
    "keras.backend.to_dense": "tf.keras",
    "keras.backend.transpose": "tf.keras",
    "keras.backend.truncated_normal": "tf.keras",
    "keras.backend.update": "tf.keras",
    "keras.backend.update_add": "tf.keras",
    "keras.backend.update_sub": "tf.keras",
    "keras.backend.var": "tf.keras",
    "keras.backend.variable": "tf.keras",
    "keras.backend.zeros": "tf.keras",
    "keras.backend.zeros_like": "tf.keras",
    "keras.callbacks.BaseLogger": "",
    "keras.callbacks.SidecarEvaluatorModelExport": "",
    "keras.callbacks.experimental.BackupAndRestore": "keras.callbacks.BackupAndRestore",
    "keras.callbacks.experimental.UpdateEmbeddingCallback": "",
    "keras.constraints.RadialConstraint": "",
    "keras.constraints.radial_constraint": "",
    "keras.dtensor.experimental.LayoutMap": "",
    "keras.dtensor.experimental.optimizers.Adadelta": "",
    "keras.dtensor.experimental.optimizers.Adagrad": "",
    "keras.dtensor.experimental.optimizers.Adam": "",
    "keras.dtensor.experimental.optimizers.AdamW": "",
    "keras.dtensor.experimental.optimizers.RMSprop": "",
    "keras.dtensor.experimental.optimizers.SGD": "",
    "keras.estimator.model_to_estimator": "",
    "keras.experimental.CosineDecay": "keras.optimizers.schedules.CosineDecay",
    "keras.experimental.CosineDecayRestarts": "keras.optimizers.schedules.CosineDecayRestarts",
    "keras.experimental.LinearModel": "",
    "keras.experimental.SequenceFeatures": "",
    "keras.experimental.SidecarEvaluator": "",
    "keras.experimental.WideDeepModel": "",
    "keras.initializers.normal": "",
    "keras.initializers.uniform": "",
    "keras.layers.AbstractRNNCell": "",
    "keras.layers.CuDNNGRU": "",
    "keras.layers.CuDNNLSTM": "",
    "keras.layers.DenseFeatures": "",
    "keras.layers.LocallyConnected1D": "",
    "keras.layers.LocallyConnected2D": "",
    "keras.layers.RandomHeight": "tf.keras",
    "keras.layers.RandomWidth": "tf.keras",
    "keras.layers.ThresholdedReLU": "tf.keras",
    "keras.layers.disable_v2_dtype_behavior": "",
    "keras.layers.enable_v2_dtype_behavior": "",
    "keras.layers.experimental.DynamicEmbedding": "",
    "keras.layers.experimental.DynamicLookup": "",
    "keras.layers.experimental.EinsumDense": "keras.layers.EinsumDense",
    "keras.layers.experimental.RandomFourierFeatures": "",
    "keras.layers.experimental.SyncBatchNormalization": "",
    "keras.layers.experimental.preprocessing.CategoryEncoding": "keras.layers.CategoryEncoding",
    "keras.layers.experimental.preprocessing.CenterCrop": "keras.layers.CenterCrop",
    "keras.layers.experimental.preprocessing.Discretization": "keras.layers.Discretization",
    "keras.layers.experimental.preprocessing.HashedCrossing": "keras.layers.HashedCrossing",
    "keras.layers.experimental.preprocessing.Hashing": "keras.layers.Hashing",
    "keras.layers.experimental.preprocessing.IntegerLookup": "keras.layers.IntegerLookup",
    "keras.layers.experimental.preprocessing.Normalization": "keras.layers.Normalization",
    "keras.layers.experimental.preprocessing.PreprocessingLayer": "",
    "keras.layers.experimental.preprocessing.RandomContrast": "keras.layers.RandomContrast",
    "keras.layers.experimental.preprocessing.RandomCrop": "keras.layers.RandomCrop",
    "keras.layers.experimental.preprocessing.RandomFlip": "keras.layers.RandomFlip",
    "keras.layers.experimental.preprocessing.RandomHeight": "",
    "keras.layers.experimental.preprocessing.RandomRotation": "keras.layers.RandomRotation",
    "keras.layers.experimental.preprocessing.RandomTranslation": "keras.layers.RandomTranslation",
    "keras.layers.experimental.preprocessing.RandomWidth": "",
    "keras.layers.experimental.preprocessing.RandomZoom": "keras.layers.RandomZoom",
    "keras.layers.experimental.preprocessing.Rescaling": "keras.layers.Rescaling",
    "keras.layers.experimental.preprocessing.Resizing": "keras.layers.Resizing",
    "keras.layers.experimental.preprocessing.StringLookup": "keras.layers.StringLookup",
    "keras.layers.experimental.preprocessing.TextVectorization": "keras.layers.TextVectorization",
    "keras.losses.KLD": "keras.losses.kl_divergence",
    "keras.losses.MAE": "keras.losses.mean_absolute_error",
    "keras.losses.MAPE": "keras.losses.mean_absolute_percentage_error",
    "keras.losses.MSE": "keras.losses.mean_squared_error",
    "keras.losses.MSLE": "keras.losses.mean_squared_logarithmic_error",
    "keras.losses.Reduction": "tf.keras",
    "keras.losses.cosine": "",
    "keras.losses.cosine_proximity": "",
    "keras.losses.kld": "keras.losses.kl_divergence",
    "keras.losses.kullback_leibler_divergence": "keras.losses.kl_divergence",
    "keras.losses.logcosh": "keras.losses.log_cosh",
    "keras.losses.mae": "keras.losses.mean_absolute_error",
    "keras.losses.mape": "keras.losses.mean_absolute_percentage_error",
    "keras.losses.mse": "keras.losses.mean_squared_error",
    "keras.losses.msle": "keras.losses.mean_squared_logarithmic_error",
    "keras.metrics.KLD": "keras.metrics.kl_divergence",
    "keras.metrics.MAE": "keras.metrics.mean_absolute_error",
    "keras.metrics.MAPE": "keras.metrics.mean_absolute_percentage_error",
    "keras.metrics.MSE": "keras.metrics.mean_squared_error",
    "keras.metrics.MSLE": "keras.metrics.mean_squared_logarithmic_error",
    "keras.metrics.MeanRelativeError": "",
    "keras.metrics.MeanTensor": "",
    "keras.metrics.cosine": "",
    "keras.metrics.cosine_proximity": "",
    "keras.metrics.experimental.PyMetric": "",
    "keras.metrics.kld": "keras.metrics.kl_divergence",
    "keras.metrics.kullback_leibler_divergence": "keras.metrics.kl_divergence",
    "keras.metrics.logcosh": "keras.metrics.log_cosh",
    "keras.metrics.mae": "keras.metrics.mean_absolute_error",
    "keras.metrics.mape": "keras.metrics.mean_absolute_percentage_error",
    "keras.metrics.mse": "keras.metrics.mean_squared_error",
    "keras.metrics.msle": "keras.metrics.mean_squared_logarithmic_error",
    "keras.models.LinearModel": "",
    "keras.models.WideDeepModel": "",
    "keras.models.experimental.SharpnessAwareMinimization": "",
    "keras.models.model_from_config": "",
    "keras.models.model_from_yaml": "",
    "keras.optimizers.experimental.Adadelta": "keras.optimizers.Adadelta",
    "keras.optimizers.experimental.Adafactor": "keras.optimizers.Adafactor",
    "keras.optimizers.experimental.Adagrad": "keras.optimizers.Adagrad",
    "keras.optimizers.experimental.Adam": "keras.optimizers.Adam",
    "keras.optimizers.experimental.AdamW": "keras.optimizers.AdamW",
    "keras.optimizers.experimental.Adamax": "keras.optimizers.Adamax",
    "keras.optimizers.experimental.Ftrl": "keras.optimizers.Ftrl",
    "keras.optimizers.experimental.Nadam": "keras.optimizers.Nadam",
    "keras.optimizers.experimental.Optimizer": "keras.optimizers.Optimizer",
    "keras.optimizers.experimental.RMSprop": "keras.optimizers.RMSprop",
    "keras.optimizers.experimental.SGD": "keras.optimizers.SGD",
    "keras.optimizers.legacy.Adadelta": "keras.optimizers.Adadelta",
    "keras.optimizers.legacy.Adamax": "keras.optimizers.Adamax",
    "keras.optimizers.legacy.Nadam": "keras.optimizers.Nadam",
    "keras.preprocessing.image.DirectoryIterator": "tf.keras",
    "keras.preprocessing.image.ImageDataGenerator": "tf.keras",
    "keras.preprocessing.image.Iterator": "tf.keras",
    "keras.preprocessing.image.NumpyArrayIterator": "tf.keras",
    "keras.preprocessing.image.apply_affine_transform": "tf.keras",
    "keras.preprocessing.image.apply_brightness_shift": "tf.keras",
    "keras.preprocessing.image.apply_channel_shift": "tf.keras",
    "keras.preprocessing.image.random_brightness": "tf.keras",
    "keras.preprocessing.image.random_channel_shift": "tf.keras",
    "keras.preprocessing.image.random_rotation": "tf.keras",
    "keras.preprocessing.image.random_shear": "tf.keras",
    "keras.preprocessing.image.random_shift": "tf.keras",
    "keras.preprocessing.image.random_zoom": "tf.keras",
    "keras.preprocessing.sequence.TimeseriesGenerator": "tf.keras",
    "keras.preprocessing.sequence.make_sampling_table": "tf.keras",
    "keras.preprocessing.sequence.skipgrams": "tf.keras",
    "keras.preprocessing.text.Tokenizer": "tf.keras",
    "keras.preprocessing.text.hashing_trick": "tf.keras",
    "keras.preprocessing.text.one_hot": "tf.keras",
    "keras.preprocessing.text.text_to_word_sequence": "tf.keras",
    "keras.preprocessing.text.tokenizer_from_json": "tf.keras",
    "keras.utils.DeterministicRandomTestTool": "",
    "keras.utils.GeneratorEnqueuer": "",
    "keras.utils.OrderedEnqueuer": "",
    "keras.utils.SequenceEnqueuer": "",
    "keras.utils.SidecarEvaluator": "",
    "keras.utils.StepsPerExecutionTuner": "",
    "keras.utils.TimedThread": "",
    "keras.utils.experimental.DatasetCreator": "",
    "keras.utils.get_or_create_layer": "",
    "keras.utils.to_ordinal": "",
    "keras.utils.track_tf1_style_variables": "",
    "keras.utils.warmstart_embedding_matrix": "",
}
"""The names of Keras 2 that Keras 3 lacks: what they are now, ``tf.keras`` for the door, or nothing."""
